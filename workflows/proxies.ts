import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { DeviceActivities, RecordActivities } from '../activities/index.ts';

/**
 * What is undone must not be running any more: an abort waits until the call has ended. It has to be said, since
 * SDK 1.24 does not wait unless told to, whatever its documentation gives as the default.
 */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/** A BMC or a switch: short calls, a few tries, then the operator is told. */
const DEVICE: ActivityOptions = {
  cancellationType,
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds', maximumAttempts: 5 },
};

/** A driver's step: it may run for hours and goes on where it was when its worker died. */
const STEP: ActivityOptions = {
  cancellationType,
  startToCloseTimeout: '72 hours',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds', maximumAttempts: 20 },
};

/** An image server: large files, a few tries. */
const IMAGE: ActivityOptions = {
  cancellationType,
  startToCloseTimeout: '6 hours',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '30 seconds', maximumAttempts: 5 },
};

/** A whole site: the next sweep comes anyway. */
const SWEEP: ActivityOptions = { ...DEVICE, retry: { ...DEVICE.retry, maximumAttempts: 3 } };

/** Putting things back after a failure: more patient, since nobody else will. */
const UNDO: ActivityOptions = {
  ...DEVICE,
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '30 seconds', maximumAttempts: 6 },
};

/** What must not be done twice, even if nobody knows whether the first try had an effect. */
const ONCE: ActivityOptions = { ...DEVICE, retry: { maximumAttempts: 1 } };

/** Waiting for an operating system to shut down: as long as the request says. */
const PATIENT: ActivityOptions = { ...DEVICE, startToCloseTimeout: '24 hours' };

/** Short calls on BMCs and switches. */
export const devices = proxyActivities<DeviceActivities>(DEVICE);
/** Steps that drivers do themselves. */
export const driverSteps = proxyActivities<DeviceActivities>(STEP);
/** Steps of the agent: hours long; a silent agent gets some minutes. */
export const agentSteps = proxyActivities<DeviceActivities>(STEP);
/** Fetching and writing images. */
export const images = proxyActivities<DeviceActivities>(IMAGE);
/** Calls that wait for a tenant's operating system. */
export const patient = proxyActivities<DeviceActivities>(PATIENT);
/** Calls about all nodes of a site. */
export const sweeping = proxyActivities<DeviceActivities>(SWEEP);
/** Calls that are made once only. */
export const once = proxyActivities<DeviceActivities>(ONCE);
/** The same calls when they put something back. */
export const undoing = proxyActivities<DeviceActivities>(UNDO);

/** The node's row: PostgreSQL may be away for as long as it likes, the write is not given up. */
export const records = proxyLocalActivities<RecordActivities>({
  startToCloseTimeout: '15 seconds',
  localRetryThreshold: '5 seconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' },
});
