import { createAgentActivities } from './agent.ts';
import { createBootActivities } from './boot.ts';
import { createChildActivities } from './children.ts';
import { createInspectActivities, createInventoryActivities } from './inspect.ts';
import { createDeviceChangeActivities } from './device-change.ts';
import { createFleetActivities } from './fleet.ts';
import { createImageActivities } from './image.ts';
import { createPlanActivities } from './plan.ts';
import { createPowerActivities } from './power.ts';
import { createProofActivities } from './proof.ts';
import { createRecordActivities } from './records.ts';
import { createRescueActivities, createRescuePasswordActivities } from './rescue.ts';
import { createRetentionActivities } from './retention.ts';
import { createStepActivities } from './steps.ts';
import type { Tools } from './tools.ts';
import { createVendorActivities } from './vendor.ts';
import { createVerifyActivities } from './verify.ts';

/** All activities of a worker over its tools. */
export function createActivities(tools: Tools) {
  return {
    ...createDeviceActivities(tools),
    ...createLocalActivities(tools),
    ...createPlanActivities(tools, createDeviceActivities),
  };
}

/** The activities that touch devices or take long: run as remote activities, with retries and heartbeats of their own. */
export function createDeviceActivities(tools: Tools) {
  return {
    ...createAgentActivities(tools),
    ...createBootActivities(tools),
    ...createDeviceChangeActivities(tools),
    ...createFleetActivities(tools),
    ...createImageActivities(tools),
    ...createProofActivities(tools),
    ...createInspectActivities(tools),
    ...createPowerActivities(tools),
    ...createRescueActivities(tools),
    ...createRetentionActivities(tools),
    ...createStepActivities(tools),
    ...createVendorActivities(tools),
    ...createVerifyActivities(tools),
  };
}

/** The activities that only handle PostgreSQL: run as local activities. */
export function createLocalActivities(tools: Tools) {
  return {
    ...createChildActivities(tools),
    ...createRecordActivities(tools),
    ...createInventoryActivities(tools),
    ...createRescuePasswordActivities(tools),
  };
}

/** What workflows may call on devices. */
export type DeviceActivities = ReturnType<typeof createDeviceActivities>;
/** What workflows may call on the node's records. */
export type RecordActivities = ReturnType<typeof createLocalActivities>;
/** What plans may call. */
export type PlanActivities = ReturnType<typeof createPlanActivities>;
