import type { NodeSettings } from '../../db/nodes.ts';
import type { PortSettings } from '../../db/ports.ts';
import { INTERFACE_KINDS, type InterfaceKind } from '../../domain/node.ts';

const interfaces = Object.fromEntries(INTERFACE_KINDS.map((kind) => [kind, 'fake'])) as Record<InterfaceKind, string>;

/** Settings of a node of fake hardware of which nothing was said. */
export const NEW_NODE: NodeSettings = {
  name: null,
  driver: 'fake-hardware',
  driverInfo: {},
  properties: {},
  instanceInfo: {},
  instanceUuid: null,
  instanceName: null,
  extra: {},
  resourceClass: null,
  conductorGroup: '',
  owner: null,
  lessee: null,
  shard: null,
  chassisUuid: null,
  description: null,
  networkData: {},
  parentNode: null,
  interfaces: { ...interfaces, storage: 'noop' },
  automatedClean: null,
  disablePowerOff: false,
  maintenance: false,
  maintenanceReason: null,
  protected: false,
  protectedReason: null,
  retired: false,
  retiredReason: null,
};

/** Settings of a port of which nothing was said but where it is. */
export const NEW_PORT: Omit<PortSettings, 'nodeUuid' | 'address'> = {
  name: null,
  description: null,
  vendor: null,
  category: null,
  pxeEnabled: true,
  localLinkConnection: {},
  physicalNetwork: null,
  isSmartnic: false,
  portgroupUuid: null,
  availableForDynamicPortgroup: true,
  extra: {},
};
