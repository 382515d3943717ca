import { DefaultFailureConverter } from '@temporalio/common';

/** Writes messages and stack traces of failures as payloads, which the codec encrypts. Loaded by path into workflows. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
