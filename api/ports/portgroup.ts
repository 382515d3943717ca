import type { Queryable } from '../../db/pool.ts';
import { adoptPhysicalNetwork, getPortgroupRules, type PortgroupRules } from '../../db/portgroups.ts';
import type { PortSettings } from '../../db/ports.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Port } from '../../domain/node.ts';

/** Since then a portgroup has a physical network of its own, and its ports follow it. */
const NETWORK_OF_GROUP_SINCE = 102;

interface PortChange {
  readonly version: number;
  /** Fields that the client sent or patched. */
  readonly touched: ReadonlySet<string>;
  /** Undefined for a new port. */
  readonly before: Port | undefined;
}

/**
 * Checks that a port may belong to the portgroup that it names: of the same node, on the same physical network, and
 * not used by itself where the group doesn't allow that.
 * @throws BareMetalError `InvalidParameterValue`, `InvalidState`
 */
export async function joinPortgroup(db: Queryable, port: PortSettings, change: PortChange): Promise<void> {
  const { portgroupUuid } = port;
  if (portgroupUuid === null) return;
  const rules = await getPortgroupRules(db, { portgroupUuid, portUuid: change.before?.uuid ?? null });
  if (rules === undefined) {
    throw new BareMetalError('InvalidParameterValue', `Portgroup ${portgroupUuid} could not be found.`);
  }
  if (rules.nodeUuid !== port.nodeUuid) {
    throw new BareMetalError(
      'InvalidParameterValue',
      'Port can not be added to a portgroup belonging to a different node.',
    );
  }
  refuseStandalone(port, rules, { ...change, portgroupUuid });
  await settleNetwork(db, port, rules, { ...change, portgroupUuid });
}

type Joining = PortChange & { readonly portgroupUuid: string };

function refuseStandalone(port: PortSettings, rules: PortgroupRules, change: Joining): void {
  if (rules.standalonePortsSupported) return;
  const why = change.before === undefined ? whyNotMade(port, change) : whyNotMember(port, rules, change.before);
  if (why === undefined) return;
  const group = `Port group ${change.portgroupUuid} doesn't support standalone ports.`;
  throw new BareMetalError('InvalidState', `${group} ${why}`);
}

/** A new port boots unless it says otherwise, but only one that says so is refused. */
function whyNotMade({ pxeEnabled }: PortSettings, { touched }: Joining): string | undefined {
  if (!pxeEnabled || !touched.has('pxe_enabled')) return undefined;
  return "This port cannot be created as a member of that portgroup as the port's 'pxe_enabled' field was set to True.";
}

/** A port that is there is looked at when that changes, or has a VIF; by `noop` never (Ironic: port_changed). */
function whyNotMember(
  { pxeEnabled, portgroupUuid }: PortSettings,
  { vifId, networkInterface }: PortgroupRules,
  before: Port,
): string | undefined {
  const isChanged = pxeEnabled !== before.pxeEnabled || portgroupUuid !== before.portgroupUuid;
  const reasons = [
    ...(pxeEnabled ? ["'pxe_enabled' was set to True"] : []),
    ...(vifId === null ? [] : [`VIF ${vifId} is attached to the port`]),
  ];
  if (networkInterface === 'noop' || reasons.length === 0 || (!isChanged && vifId === null)) return undefined;
  return `This port ${before.uuid} cannot be a member of that port group because of: ${reasons.join(', ')}`;
}

async function settleNetwork(
  db: Queryable,
  { physicalNetwork }: PortSettings,
  rules: PortgroupRules,
  { version, touched, before, portgroupUuid }: Joining,
): Promise<void> {
  if (before !== undefined && touched.has('physical_network') && version >= NETWORK_OF_GROUP_SINCE) {
    throw new BareMetalError(
      'InvalidParameterValue',
      'physical_network cannot be changed while the port belongs to a portgroup.',
    );
  }
  const isJoining = before?.portgroupUuid !== portgroupUuid || before.physicalNetwork !== physicalNetwork;
  if (!isJoining) return;
  if (!rules.hasMembers && rules.physicalNetwork === null) {
    if (physicalNetwork !== null) await adoptPhysicalNetwork(db, { portgroupUuid, physicalNetwork });
    return;
  }
  const needed = rules.hasMembers ? rules.memberNetwork : rules.physicalNetwork;
  if (needed === physicalNetwork) return;
  throw new BareMetalError(
    'InvalidState',
    `Port with physical network ${physicalNetwork ?? 'None'} cannot become a member of port group ${portgroupUuid} ` +
      `which has ports in physical network ${needed ?? 'None'}.`,
  );
}
