import { createBootActivities } from './boot.ts';
import { createRecordActivities } from './records.ts';
import { createStepActivities } from './steps.ts';
import type { Tools } from './tools.ts';
import { createVerifyActivities } from './verify.ts';

/** All activities of a worker over its tools. */
export function createActivities(tools: Tools) {
  return { ...createDeviceActivities(tools), ...createRecordActivities(tools) };
}

/** The activities that touch devices: run as remote activities, with retries and heartbeats of their own. */
export function createDeviceActivities(tools: Tools) {
  return {
    ...createBootActivities(tools),
    ...createStepActivities(tools),
    ...createVerifyActivities(tools),
  };
}

/** What workflows may call on devices. */
export type DeviceActivities = ReturnType<typeof createDeviceActivities>;
/** What workflows may call on the node's records. */
export type RecordActivities = ReturnType<typeof createRecordActivities>;
