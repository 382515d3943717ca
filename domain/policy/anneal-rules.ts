import { WHO } from './who.ts';

/** Rules on what Anneal has beyond Ironic: name, who may by default, what it allows. */
export const ANNEAL_RULES = [
  ['anneal:erasure:get', WHO.ownerReader, 'Read the proofs of cleaning of a node'],
  ['anneal:operation:get', WHO.ownerReader, 'Read the operations of a node'],
  ['anneal:node:history:get', WHO.ownerReader, 'Read who asked what of a node, from where, and what was done'],
  ['anneal:quota:get_own', WHO.anyReader, 'See one’s own project’s quota and what of it is used'],
  ['anneal:policy:get', WHO.anyReader, 'See the rules and why one allows or refuses'],
] as const;

/** Of these, rules that only a caller of the whole system can pass. */
export const ANNEAL_SYSTEM_RULES = [
  ['anneal:network:get', WHO.systemReader, 'See the networks'],
  ['anneal:network:create', WHO.systemAdmin, 'Add a network'],
  ['anneal:network:delete', WHO.systemAdmin, 'Remove a network'],
  ['anneal:switch:get', WHO.systemReader, 'See the switches'],
  ['anneal:switch:create', WHO.systemAdmin, 'Add a switch'],
  ['anneal:switch:delete', WHO.systemAdmin, 'Remove a switch'],
  ['anneal:cleaning_schedule:get', WHO.systemReader, 'See the cleaning schedules'],
  ['anneal:cleaning_schedule:create', WHO.systemAdmin, 'Add a cleaning schedule'],
  ['anneal:cleaning_schedule:update', WHO.systemAdmin, 'Change, pause or trigger a cleaning schedule'],
  ['anneal:cleaning_schedule:delete', WHO.systemAdmin, 'Remove a cleaning schedule'],
  ['anneal:webhook:get', WHO.systemReader, 'See the webhooks and their deliveries'],
  ['anneal:webhook:create', WHO.systemAdmin, 'Add a webhook'],
  ['anneal:webhook:update', WHO.systemAdmin, 'Change a webhook, and have deliveries made again'],
  ['anneal:webhook:delete', WHO.systemAdmin, 'Remove a webhook'],
  ['anneal:codec:use', WHO.systemAdmin, 'Read and write encrypted payloads of Temporal'],
  ['anneal:request:get', WHO.systemReader, 'Read who asked for what, and from where'],
  ['anneal:quota:get', WHO.systemReader, 'See all quotas'],
  ['anneal:quota:update', WHO.systemAdmin, 'Set a project’s quota, or drop it'],
] as const;
