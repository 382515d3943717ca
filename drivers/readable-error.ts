/** The sentence of any thrown thing. */
export function readableError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
