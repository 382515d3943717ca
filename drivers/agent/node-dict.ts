import type { JsonObject, Node, Port } from '../../domain/node.ts';

/**
 * A node as the agent's hardware managers read it (ironic-python-agent 13.0.0, hardware.py: uuid,
 * properties, instance_info, driver_internal_info, target_raid_config). `dials` are laid over
 * driver_internal_info. driver_info stays here: it holds the BMC's password.
 */
export function agentNode(node: Node, dials: JsonObject = {}): JsonObject {
  const { configdrive: _secret, ...instanceInfo } = node.instanceInfo;
  return {
    uuid: node.uuid,
    name: node.name,
    driver: node.driver,
    resource_class: node.resourceClass,
    provision_state: node.provisionState,
    properties: node.properties,
    instance_info: instanceInfo,
    driver_internal_info: { ...node.driverInternalInfo, ...dials },
    extra: node.extra,
    raid_config: node.raidConfig,
    target_raid_config: node.targetRaidConfig,
  };
}

/** A port as the agent's hardware managers read it. */
export function agentPort(port: Port): JsonObject {
  return {
    uuid: port.uuid,
    node_uuid: port.nodeUuid,
    address: port.address,
    name: port.name,
    pxe_enabled: port.pxeEnabled,
    local_link_connection: port.localLinkConnection,
    physical_network: port.physicalNetwork,
    is_smartnic: port.isSmartnic,
    extra: port.extra,
    internal_info: port.internalInfo,
  };
}
