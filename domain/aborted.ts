/** How `last_error` begins when an operation was aborted. Metal3 looks for the word "aborted", in small letters. */
const ABORTED = 'The operation was aborted on request';
/** How it began in histories of earlier workflows. */
const ONCE_ABORTED = 'Aborted on request';

/** What `last_error` says of an abort. */
export function abortedMessage(state: string, doing: string): string {
  return `${ABORTED} in state "${state}" (${doing}).`;
}

/** Whether a `last_error` tells of an abort. */
export function tellsOfAbort(lastError: string): boolean {
  return lastError.startsWith(ABORTED) || lastError.startsWith(ONCE_ABORTED);
}
