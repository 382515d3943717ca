/** The workflow id of whatever runs on a node; the server keeps one open run per id, and so this is the node's lock. */
export function nodeWorkflowId(nodeUuid: string): string {
  return `node:${nodeUuid}`;
}

/** The node of a workflow id, or undefined for other workflows. */
export function nodeOfWorkflowId(workflowId: string): string | undefined {
  return workflowId.startsWith('node:') ? workflowId.slice('node:'.length) : undefined;
}

/** The workflow id of a plan: it holds no node, and there may be any number. */
export function planWorkflowId(nodeUuid: string, requestId: string): string {
  return `plan:${nodeUuid}:${requestId}`;
}

/** The workflow id of a vendor method that is called beside whatever is being done to the node. */
export function vendorCallWorkflowId(nodeUuid: string, requestId: string): string {
  return `vendor:${nodeUuid}:${requestId}`;
}

/** The task queue of a site (Ironic's conductor group; '' is the default site). */
export function taskQueueOf(conductorGroup: string): string {
  return conductorGroup === '' ? 'anneal' : `anneal-${conductorGroup}`;
}

/** The Temporal Schedule id of a cleaning schedule. */
export function cleaningScheduleId(name: string): string {
  return `cleaning:${name}`;
}

/** The Temporal Schedule id of a site's power sweep. */
export function powerSweepScheduleId(conductorGroup: string): string {
  return `power-sweep:${siteName(conductorGroup)}`;
}

/** The Temporal Schedule id by which a site's workers delete old events. */
export function forgetEventsScheduleId(conductorGroup: string): string {
  return `forget-events:${siteName(conductorGroup)}`;
}

/** How ids and search attributes name a site: '' is `default`. */
export function siteName(conductorGroup: string): string {
  return conductorGroup === '' ? 'default' : conductorGroup;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text is a uuid in its usual spelling (RFC 9562 §4), in either case. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
