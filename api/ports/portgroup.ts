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
 * not booting by itself where the group doesn't allow that.
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
  refuseBooting(port, rules, { ...change, portgroupUuid });
  await settleNetwork(db, port, rules, { ...change, portgroupUuid });
}

type Joining = PortChange & { readonly portgroupUuid: string };

function refuseBooting(
  port: PortSettings,
  { standalonePortsSupported }: PortgroupRules,
  { touched, before, portgroupUuid }: Joining,
): void {
  // A new port boots unless it says otherwise, but only one that says so is refused.
  if (standalonePortsSupported || !port.pxeEnabled || !touched.has('pxe_enabled')) return;
  const what =
    before === undefined
      ? "This port cannot be created as a member of that portgroup as the port's 'pxe_enabled' field was set to True."
      : `Port ${before.uuid} can't be a member with 'pxe_enabled'.`;
  throw new BareMetalError('InvalidState', `Port group ${portgroupUuid} doesn't support standalone ports. ${what}`);
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
