/** How `last_error` begins when an operation was aborted. */
const ABORTED = 'Aborted on request';

/** What `last_error` says of an abort. */
export function abortedMessage(state: string, doing: string): string {
  return `${ABORTED} in state "${state}" (${doing}).`;
}

/** Whether a `last_error` tells of an abort. */
export function tellsOfAbort(lastError: string): boolean {
  return lastError.startsWith(ABORTED);
}
