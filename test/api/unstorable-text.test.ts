import assert from 'node:assert/strict';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';

describe('API, of texts that PostgreSQL cannot store', () => {
  let api: TestApi;
  before(async () => (api = await startTestApi()));
  after(() => api.close());

  for (const [what, text] of [
    ['U+0000', 'a\u0000b'],
    ['half a surrogate pair', 'a\ud800b'],
  ] as const) {
    it(`refuses ${what}, as a text and within JSON`, async () => {
      for (const fields of [{ description: text }, { extra: { [text]: 1 } }, { extra: { deep: [text] } }]) {
        const body = JSON.stringify({ driver: 'fake-hardware', ...fields });
        const answer = await api.request('POST', '/v1/nodes', { body });
        if (answer.status === 201) assert.doesNotMatch(answer.text, /\\u0000|\\ud800/);
        else assert.deepEqual([answer.status, /cannot be stored/.test(faultOf(answer))], [400, true]);
      }
    });
  }
});
