import { defineSignal, setHandler } from '@temporalio/workflow';
import { AGENT_HEARTBEAT_SIGNAL, INVENTORY_SIGNAL, type AgentSignal } from './messages.ts';

/** What the agent of this operation has sent so far. */
export interface AgentInbox {
  /** Whether the agent of this boot has called. */
  hasCalled(bootId: string): boolean;
  /** How often the agent of this boot has called while somebody listened. */
  calls(bootId: string): number;
  /** Whether the agent of this boot has reported its inventory. */
  hasReported(bootId: string): boolean;
}

const heartbeat = defineSignal<[AgentSignal]>(AGENT_HEARTBEAT_SIGNAL);
const inventory = defineSignal<[AgentSignal]>(INVENTORY_SIGNAL);

/** Starts to listen to the agent; call it before the first await. */
export function listenToAgent(): AgentInbox {
  const called = new Map<string, number>();
  const reported = new Set<string>();
  const callsOf = (bootId: string) => called.get(bootId) ?? 0;
  setHandler(heartbeat, ({ bootId }) => void called.set(bootId, callsOf(bootId) + 1));
  setHandler(inventory, ({ bootId }) => void reported.add(bootId));
  return {
    hasCalled: (bootId) => called.has(bootId),
    calls: callsOf,
    hasReported: (bootId) => reported.has(bootId),
  };
}
