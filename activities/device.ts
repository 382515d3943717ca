import { cancellationSignal } from '@temporalio/activity';
import { getNodeByUuid } from '../db/nodes.ts';
import { listPortsOfNode } from '../db/ports.ts';
import { BareMetalError } from '../domain/errors.ts';
import type { Node, Port } from '../domain/node.ts';
import type { CallContext, HardwareType } from '../drivers/interfaces.ts';
import { leaseHardware } from './leased.ts';
import { keepSecrets, secretsIn } from './secrets.ts';
import type { Tools } from './tools.ts';

/** One machine as an activity handles it: its node, its driver (changes need the lease) and the signal that stops the call. */
export interface Device extends CallContext {
  readonly node: Node;
  readonly driver: HardwareType;
}

/** Names a node in messages: its name, or its uuid when it has none. */
export function nameOfNode(node: Pick<Node, 'name' | 'uuid'>): string {
  return node.name ?? node.uuid;
}

/** The machine of a node, for one activity. @throws BareMetalError `NodeNotFound`, `DriverNotFound` */
export async function openDevice({ db, drivers }: Tools, nodeUuid: string): Promise<Device> {
  const node = await getNodeByUuid(db, nodeUuid);
  if (node === undefined)
    throw new BareMetalError('NodeNotFound', `Node ${nodeUuid} was deleted while it was worked on.`);
  keepSecrets(...secretsIn(node.driverInfo));
  return { node, driver: leaseHardware(drivers.hardwareType(node.driver)), signal: cancellationSignal() };
}

/** The ports of a machine. */
export function portsOf({ db }: Tools, { node }: Device): Promise<Port[]> {
  return listPortsOfNode(db, node.uuid);
}
