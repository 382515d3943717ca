import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { BareMetalError, isErrorCode } from '../domain/errors.ts';
import { temporalError } from './operations.ts';
import type { Tools } from './tools.ts';

const RESULT_TIMEOUT_MS = 30_000;

/**
 * Waits for a short operation whose end Ironic's clients wait for (boot device, NMI, VIF on a running machine).
 * @throws BareMetalError what the operation ended with, or `ServiceUnavailable` when it still goes on
 */
export async function awaitOperation({ temporal }: Tools, handle: WorkflowHandle): Promise<void> {
  try {
    await temporal.withDeadline(Date.now() + RESULT_TIMEOUT_MS, () => handle.result());
  } catch (error) {
    if (error instanceof WorkflowFailedError) throw failureOf(error);
    throw temporalError(error);
  }
}

/** What a workflow failed with, as an error of the API. */
export function failureOf(error: WorkflowFailedError): BareMetalError {
  const { cause } = error;
  if (cause instanceof CancelledFailure) return new BareMetalError('Aborted', 'The operation was aborted.');
  const code = cause instanceof ApplicationFailure ? (cause.type ?? '') : '';
  if (cause !== undefined && isErrorCode(code)) return new BareMetalError(code, cause.message, { cause: error });
  return new BareMetalError('InternalError', 'The operation failed.', { cause: error });
}
