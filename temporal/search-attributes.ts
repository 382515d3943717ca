import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { isGrpcServiceError } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../workflows/messages.ts';

// gRPC's own codes (google.rpc.Code).
const INVALID_ARGUMENT = 3;
const ALREADY_EXISTS = 6;
/** INDEXED_VALUE_TYPE_KEYWORD of Temporal's API. */
const KEYWORD = 2;

const NAMES = Object.values(SEARCH_ATTRIBUTES).map((key) => key.name);

/**
 * Registers Anneal's search attributes in the namespace, where they are missing, and waits until they may be used:
 * Temporal's services learn of new ones some seconds later, and refuse operations until then.
 * @throws Error when they can't be used within a minute
 */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = NAMES.filter((name) => !Object.hasOwn(customAttributes, name));
  if (missing.length > 0) await add(connection, namespace, missing);
  await untilUsable(connection, namespace);
}

async function add(connection: Connection, namespace: string, missing: readonly string[]): Promise<void> {
  const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    // Another worker was quicker.
    if (!hasCode(error, ALREADY_EXISTS)) throw error;
  }
}

const USABLE_WITHIN_MS = 60_000;
const PAUSE_MS = 200;

async function untilUsable(connection: Connection, namespace: string): Promise<void> {
  const query = NAMES.map((name) => `${name} = 'nobody'`).join(' and ');
  for (const lastTry = Date.now() + USABLE_WITHIN_MS; ; await sleep(PAUSE_MS)) {
    try {
      await connection.workflowService.countWorkflowExecutions({ namespace, query });
      return;
    } catch (cause) {
      if (!hasCode(cause, INVALID_ARGUMENT)) throw cause;
      if (Date.now() < lastTry) continue;
      const words = `Temporal's namespace "${namespace}" does not know Anneal's search attributes (${NAMES.join(', ')}) a minute after they were added`;
      throw new Error(`${words}; look at \`temporal operator search-attribute list\`.`, { cause });
    }
  }
}

/**
 * Whether Temporal refused for want of Anneal's search attributes: in a namespace that no worker has been in, and for
 * some seconds after the first one came.
 */
export function missesSearchAttributes(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // The client wraps what gRPC said of a schedule in an error of its own.
  return /no mapping defined for search attribute/.test(error.message) || missesSearchAttributes(error.cause);
}

function hasCode(error: unknown, code: number): boolean {
  return isGrpcServiceError(error) && Number(error.code) === code;
}
