/** Thrown by command handlers of the virtual BMC to answer a completion code other than 00h. */
export class CompletionError extends Error {
  override readonly name = 'CompletionError';
  readonly completionCode: number;
  /** What follows the code; few commands have something to say then. */
  readonly data: Uint8Array;

  constructor(completionCode: number, data: Uint8Array = new Uint8Array()) {
    super(`completion code ${completionCode.toString(16)}h`);
    this.completionCode = completionCode;
    this.data = data;
  }
}

/** The completion code that an error of a handler or of the owner's callback stands for. */
export function completionOf(error: unknown, otherwise: number): number {
  if (error instanceof Error && 'completionCode' in error && typeof error.completionCode === 'number') {
    return error.completionCode;
  }
  return otherwise;
}
