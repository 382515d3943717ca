import assert from 'node:assert/strict';
import type { Connection } from '@temporalio/client';
import { ensureSearchAttributes } from '../../../temporal/search-attributes.ts';

/** What Temporal's client throws, with a code of google.rpc.Code. */
const refusal = (code: number, details: string) => Object.assign(new Error(details), { code, details, metadata: {} });

/** A Temporal that has no search attributes, and lets them be used after some questions. */
function aTemporal({ questions, add }: { questions: number; add: () => Promise<object> }) {
  const asked: string[] = [];
  const connection = {
    operatorService: {
      listSearchAttributes: () => Promise.resolve({ customAttributes: {} }),
      addSearchAttributes: add,
    },
    workflowService: {
      countWorkflowExecutions({ query }: { query: string }) {
        asked.push(query);
        if (asked.length > questions) return Promise.resolve({ count: 0 });
        return Promise.reject(refusal(3, 'Namespace default has no mapping defined for search attribute NodeUuid'));
      },
    },
  };
  return { asked, connection: connection as unknown as Connection };
}

describe('search attributes of Temporal', () => {
  it('are waited for until they may be used, also when another worker added them', async () => {
    for (const add of [() => Promise.resolve({}), () => Promise.reject(refusal(6, 'already exists'))]) {
      const { asked, connection } = aTemporal({ questions: 2, add });
      await ensureSearchAttributes(connection, 'default');
      assert.equal(asked.length, 3);
      assert.match(asked[0] ?? '', /^NodeUuid = 'nobody' and /);
    }
  });

  it('that may not be added stop the start', async () => {
    const { asked, connection } = aTemporal({ questions: 0, add: () => Promise.reject(refusal(7, 'not allowed')) });
    await assert.rejects(ensureSearchAttributes(connection, 'default'), /not allowed/);
    assert.deepEqual(asked, []);
  });
});
