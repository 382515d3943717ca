import type { Logger } from 'pino';
import { noteRequest } from '../db/api-requests.ts';
import type { Queryable } from '../db/pool.ts';
import { nodeOfSubject } from '../db/subject-nodes.ts';
import type { Caller } from './auth/caller.ts';
import { statusOfError } from './error-handler.ts';
import type { Subject } from './policy/access.ts';
import type { Answer } from './route.ts';

/** What is known of a request before it is answered. */
export interface Asked {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  /** What it is about: the first of these that is there. */
  readonly subjects: readonly Subject[];
  readonly caller: Caller;
  readonly address: string | undefined;
}

// Express answers HEAD by the routes of GET.
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Answers a request and notes who asked for it, when it is one that changes something. */
export type Audit = (asked: Asked, answer: () => Promise<Answer>) => Promise<Answer>;

/**
 * Notes each request that changes something, also a refused one, in the history of the nodes that it is about, before
 * its answer leaves. The node is found first, since afterwards it may be gone, and again when the thing may have moved.
 * When the note can't be written the log has it: what is done isn't undone for that.
 */
export function createAudit(db: Queryable, log: Logger): Audit {
  const nodeOf = async (things: readonly Thing[]): Promise<string | undefined> => {
    const nodes = await Promise.all(things.map(({ kind, ident }) => nodeOfSubject(db, kind, ident)));
    return nodes.find((uuid) => uuid !== null) ?? undefined;
  };
  return async (asked, answer) => {
    const { requestId, method, path, subjects, caller, address = null } = asked;
    if (READING.has(method)) return await answer();
    const before = await nodeOf(subjects);
    const note = async (status: number, after: readonly Thing[] = []): Promise<void> => {
      const { username, userId, projectId: project } = caller;
      const request = { requestId, method, path, status, username, userId, project, address };
      try {
        const nodes = new Set([before, await nodeOf(after)]);
        await noteRequest(
          db,
          request,
          [...nodes].filter((uuid) => uuid !== undefined),
        );
      } catch (error) {
        log.error({ err: error, request, node: before }, 'request not noted');
      }
    };
    const answered = await answer().catch(async (error: unknown) => {
      await note(statusOfError(error));
      throw error;
    });
    await note(answered.status, madeBy(answered) ?? movedBy(asked));
    return answered;
  };
}

/** Something that may belong to a node. */
type Thing = Pick<Subject, 'kind' | 'ident'>;

/** What a request has made that a node belongs to, besides what is named in it. */
const MADE = { nodes: 'node', allocations: 'allocation' } as const;

function madeBy({ location }: Answer): Thing[] | undefined {
  const [, kind, ident = ''] = /\/v1\/(nodes|allocations)\/([0-9a-f-]{36})$/.exec(location ?? '') ?? [];
  return kind === undefined ? undefined : [{ kind: MADE[kind as keyof typeof MADE], ident }];
}

/** What belongs to a node may belong to another one after a patch. */
function movedBy({ method, subjects }: Asked): Thing[] {
  return method === 'PATCH' ? subjects.filter(({ kind }) => kind !== 'node') : [];
}
