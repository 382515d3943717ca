import type { Health } from '../domain/health.ts';
import type { InterfaceKind, JsonObject, Node, PowerState } from '../domain/node.ts';
import type { ProvisionState } from '../domain/provision-states.ts';
import type { RunningStep } from '../domain/steps.ts';

/** A row of `nodes` as pg gives it. */
export interface NodeRow {
  uuid: string;
  name: string | null;
  driver: string;
  driver_info: JsonObject;
  driver_internal_info: JsonObject;
  properties: JsonObject;
  instance_info: JsonObject;
  instance_uuid: string | null;
  extra: JsonObject;
  resource_class: string | null;
  conductor_group: string;
  owner: string | null;
  lessee: string | null;
  shard: string | null;
  chassis_uuid: string | null;
  description: string | null;
  network_data: JsonObject;
  instance_name: string | null;
  disable_power_off: boolean;
  parent_node: string | null;
  interfaces: Record<InterfaceKind, string>;
  provision_state: ProvisionState;
  target_provision_state: ProvisionState | null;
  provision_updated_at: Date | null;
  power_state: PowerState | null;
  target_power_state: PowerState | null;
  boot_mode: 'uefi' | 'bios' | null;
  secure_boot: boolean | null;
  raid_config: JsonObject;
  target_raid_config: JsonObject;
  clean_step: RunningStep | null;
  deploy_step: RunningStep | null;
  service_step: RunningStep | null;
  maintenance: boolean;
  maintenance_reason: string | null;
  fault: string | null;
  last_error: string | null;
  automated_clean: boolean | null;
  protected: boolean;
  protected_reason: string | null;
  retired: boolean;
  retired_reason: string | null;
  console_enabled: boolean;
  health: Health | null;
  inspection_started_at: Date | null;
  inspection_finished_at: Date | null;
  reservation: string | null;
  created_at: Date;
  updated_at: Date | null;
}

/** The columns of `nodes` that make a Node, for select and returning lists. */
export const NODE_COLUMNS = `uuid, name, driver, driver_info, driver_internal_info, properties, instance_info,
  instance_uuid, extra, resource_class, conductor_group, owner, lessee, shard, chassis_uuid, description, network_data,
  instance_name, disable_power_off, parent_node, interfaces,
  provision_state, target_provision_state, provision_updated_at, power_state, target_power_state, boot_mode,
  secure_boot, raid_config, target_raid_config,
  clean_step, deploy_step, service_step, maintenance, maintenance_reason, fault, last_error, automated_clean, protected,
  protected_reason, retired, retired_reason, console_enabled, health, inspection_started_at, inspection_finished_at,
  reservation, created_at, updated_at`;

/** The one crossing from SQL's names to the code's. */
export function rowToNode(row: NodeRow): Node {
  return {
    uuid: row.uuid,
    name: row.name,
    driver: row.driver,
    driverInfo: row.driver_info,
    driverInternalInfo: row.driver_internal_info,
    properties: row.properties,
    instanceInfo: row.instance_info,
    instanceUuid: row.instance_uuid,
    extra: row.extra,
    resourceClass: row.resource_class,
    conductorGroup: row.conductor_group,
    owner: row.owner,
    lessee: row.lessee,
    shard: row.shard,
    chassisUuid: row.chassis_uuid,
    description: row.description,
    networkData: row.network_data,
    instanceName: row.instance_name,
    disablePowerOff: row.disable_power_off,
    parentNode: row.parent_node,
    interfaces: row.interfaces,
    provisionState: row.provision_state,
    targetProvisionState: row.target_provision_state,
    provisionUpdatedAt: row.provision_updated_at,
    powerState: row.power_state,
    targetPowerState: row.target_power_state,
    bootMode: row.boot_mode,
    secureBoot: row.secure_boot,
    raidConfig: row.raid_config,
    targetRaidConfig: row.target_raid_config,
    cleanStep: row.clean_step,
    deployStep: row.deploy_step,
    serviceStep: row.service_step,
    maintenance: row.maintenance,
    maintenanceReason: row.maintenance_reason,
    fault: row.fault,
    lastError: row.last_error,
    automatedClean: row.automated_clean,
    protected: row.protected,
    protectedReason: row.protected_reason,
    retired: row.retired,
    retiredReason: row.retired_reason,
    consoleEnabled: row.console_enabled,
    health: row.health,
    inspectionStartedAt: row.inspection_started_at,
    inspectionFinishedAt: row.inspection_finished_at,
    reservation: row.reservation,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
