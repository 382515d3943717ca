import type { Logger } from 'pino';
import { noteRequest, uuidOfNode } from '../db/api-requests.ts';
import type { Queryable } from '../db/pool.ts';
import type { Caller } from './auth/caller.ts';
import { statusOfError } from './error-handler.ts';
import type { Answer } from './route.ts';

/** What is known of a request before it is answered. */
export interface Asked {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly caller: Caller;
  readonly address: string | undefined;
}

/** Answers a request and notes who asked for it, when it is one that changes something. */
export type Audit = (asked: Asked, answer: () => Promise<Answer>) => Promise<Answer>;

/**
 * Notes each request that changes something, also a refused one, before its answer leaves. The node of the path is found
 * first: afterwards it may be gone. When the note can't be written the log has it: what is done isn't undone for that.
 */
export function createAudit(db: Queryable, log: Logger): Audit {
  return async (asked, answer) => {
    if (asked.method === 'GET') return await answer();
    const ident = asked.params['node'];
    const nodeUuid = ident === undefined ? null : await uuidOfNode(db, ident);
    const note = async (status: number, made: string | null): Promise<void> => {
      const { requestId, method, path, caller, address = null } = asked;
      const { username, userId, projectId: project } = caller;
      const request = {
        requestId,
        method,
        path,
        status,
        username,
        userId,
        project,
        address,
        nodeUuid: nodeUuid ?? made,
      };
      await noteRequest(db, request).catch((error: unknown) => log.error({ err: error, request }, 'request not noted'));
    };
    try {
      const answered = await answer();
      await note(answered.status, madeNode(answered));
      return answered;
    } catch (error) {
      await note(statusOfError(error), null);
      throw error;
    }
  };
}

/** The node that a request has made. */
function madeNode({ location }: Answer): string | null {
  return /\/v1\/nodes\/([0-9a-f-]{36})$/.exec(location ?? '')?.[1] ?? null;
}
