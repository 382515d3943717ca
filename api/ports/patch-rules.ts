import { isDeepStrictEqual } from 'node:util';
import type { PortSettings } from '../../db/ports.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node, Port } from '../../domain/node.ts';
import { BEING_READIED } from '../nodes/patch-rules.ts';

/** What a port is plugged into, which operations rely on. */
const CONNECTIVITY = {
  portgroup_uuid: 'portgroupUuid',
  pxe_enabled: 'pxeEnabled',
  local_link_connection: 'localLinkConnection',
  physical_network: 'physicalNetwork',
} as const satisfies Record<string, keyof PortSettings>;

/**
 * Refuses a change of a port that its node's state doesn't allow (ironic/conductor/manager.py, update_port).
 * @throws BareMetalError `InvalidState`
 */
export function refuseForbiddenChange(node: Node, port: Port, wanted: PortSettings): void {
  if (node.maintenance) return;
  if (wanted.address !== port.address && (node.provisionState === 'active' || node.instanceUuid !== null)) {
    throw new BareMetalError(
      'InvalidState',
      `Cannot update hardware address for port ${port.uuid} as node ${node.uuid} is active or has instance UUID assigned`,
    );
  }
  const changed = Object.values(CONNECTIVITY).some((name) => !isDeepStrictEqual(wanted[name], port[name]));
  if (!changed || BEING_READIED.includes(node.provisionState)) return;
  throw new BareMetalError(
    'InvalidState',
    `Port ${port.uuid} can not have any connectivity attributes (${Object.keys(CONNECTIVITY).join(', ')}) updated unless ` +
      `node ${node.uuid} is in a ${BEING_READIED.join(', ')} state or in maintenance mode. The current state is ${node.provisionState}.`,
  );
}
