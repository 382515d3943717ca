import type { HardwareTypeFacts } from '../../db/workers.ts';
import type { NodeSettings } from '../../db/nodes.ts';
import { INTERFACE_KINDS, type InterfaceKind, type Node } from '../../domain/node.ts';
import { resolveInterfaces } from '../hardware.ts';
import type { NodeDocument } from './schemas.ts';

/** The interfaces that a document names; null stands for the driver's default. */
export function namedInterfaces(document: NodeDocument): Record<InterfaceKind, string | null> {
  const named = INTERFACE_KINDS.map((kind) => [kind, document[`${kind}_interface`]]);
  return Object.fromEntries(named) as Record<InterfaceKind, string | null>;
}

/** What is stored of a document in the API's names. */
export function settingsOf(document: NodeDocument, facts: HardwareTypeFacts): NodeSettings {
  return {
    name: document.name,
    driver: document.driver,
    driverInfo: document.driver_info ?? {},
    properties: document.properties ?? {},
    instanceInfo: document.instance_info ?? {},
    instanceUuid: document.instance_uuid,
    instanceName: document.instance_name,
    extra: document.extra ?? {},
    resourceClass: document.resource_class,
    conductorGroup: document.conductor_group,
    owner: document.owner,
    lessee: document.lessee,
    shard: document.shard,
    chassisUuid: document.chassis_uuid,
    description: document.description,
    networkData: document.network_data ?? {},
    parentNode: document.parent_node,
    interfaces: resolveInterfaces(facts, namedInterfaces(document)),
    automatedClean: document.automated_clean,
    disablePowerOff: document.disable_power_off,
    maintenance: document.maintenance,
    maintenanceReason: null,
    protected: document.protected,
    protectedReason: document.protected_reason,
    retired: document.retired,
    retiredReason: document.retired_reason,
  };
}

/** The document that a JSON patch is applied to: everything that a client may set, secrets in clear. */
export function documentOf(node: Node): NodeDocument {
  const interfaces = INTERFACE_KINDS.map((kind) => [`${kind}_interface`, node.interfaces[kind]]);
  return {
    automated_clean: node.automatedClean,
    conductor_group: node.conductorGroup,
    description: node.description,
    disable_power_off: node.disablePowerOff,
    driver: node.driver,
    driver_info: node.driverInfo,
    extra: node.extra,
    instance_info: node.instanceInfo,
    instance_name: node.instanceName,
    instance_uuid: node.instanceUuid,
    lessee: node.lessee,
    maintenance: node.maintenance,
    name: node.name,
    network_data: node.networkData,
    owner: node.owner,
    parent_node: node.parentNode,
    properties: node.properties,
    protected: node.protected,
    protected_reason: node.protectedReason,
    resource_class: node.resourceClass,
    retired: node.retired,
    retired_reason: node.retiredReason,
    shard: node.shard,
    chassis_uuid: node.chassisUuid,
    ...(Object.fromEntries(interfaces) as Record<`${InterfaceKind}_interface`, string>),
  };
}
