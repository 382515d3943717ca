import { defineSignal, setHandler } from '@temporalio/workflow';
import { AGENT_HEARTBEAT_SIGNAL, INVENTORY_SIGNAL, type AgentSignal } from './messages.ts';

/** What the agent of this operation has sent so far. */
export interface AgentInbox {
  /** Whether the agent of this boot has called. */
  hasCalled(bootId: string): boolean;
  /** Whether the agent of this boot has reported its inventory. */
  hasReported(bootId: string): boolean;
}

const heartbeat = defineSignal<[AgentSignal]>(AGENT_HEARTBEAT_SIGNAL);
const inventory = defineSignal<[AgentSignal]>(INVENTORY_SIGNAL);

/** Starts to listen to the agent; call it before the first await. */
export function listenToAgent(): AgentInbox {
  const called = new Set<string>();
  const reported = new Set<string>();
  setHandler(heartbeat, ({ bootId }) => void called.add(bootId));
  setHandler(inventory, ({ bootId }) => void reported.add(bootId));
  return { hasCalled: (bootId) => called.has(bootId), hasReported: (bootId) => reported.has(bootId) };
}
