import type { BootDevice, PowerState } from '../domain/node.ts';
import type { Queryable } from './pool.ts';

/** The state of one fake machine and the count of the calls that changed it. */
export interface FakeDevice {
  readonly powerState: PowerState;
  /** Null when no boot device is selected. */
  readonly bootDevice: BootDevice | null;
  readonly bootPersistent: boolean;
  readonly bootUefi: boolean;
  readonly clearCmos: boolean;
  /** What the last power-on booted from: a boot device, or `disk` when none was selected. */
  readonly bootedFrom: string | null;
  readonly portVlans: Readonly<Record<string, number>>;
  readonly disks: Readonly<Record<string, 'clean' | 'dirty'>>;
  /** `power on`, `power off again`, `boot device`, `step deploy.erase_devices`, `vlan`, `nmi`, … → how often. */
  readonly calls: Readonly<Record<string, number>>;
}

interface FakeDeviceRow {
  power_state: PowerState;
  boot_device: BootDevice | null;
  boot_persistent: boolean;
  boot_uefi: boolean;
  clear_cmos: boolean;
  booted_from: string | null;
  port_vlans: Record<string, number>;
  disks: Record<string, 'clean' | 'dirty'>;
  calls: Record<string, number>;
}

const NEW_DEVICE: FakeDevice = {
  powerState: 'power off',
  bootDevice: null,
  bootPersistent: false,
  bootUefi: false,
  clearCmos: false,
  bootedFrom: null,
  portVlans: {},
  disks: {},
  calls: {},
};

/** The fake machine of a node; one that nothing was done to yet is off and untouched. */
export async function readFakeDevice(db: Queryable, nodeUuid: string): Promise<FakeDevice> {
  const { rows } = await db.query<FakeDeviceRow>(
    `select power_state, boot_device, boot_persistent, boot_uefi, clear_cmos, booted_from, port_vlans, disks, calls
       from fake_devices where node_uuid = $1::uuid`,
    [nodeUuid],
  );
  const row = rows[0];
  if (row === undefined) return NEW_DEVICE;
  return {
    powerState: row.power_state,
    bootDevice: row.boot_device,
    bootPersistent: row.boot_persistent,
    bootUefi: row.boot_uefi,
    clearCmos: row.clear_cmos,
    bootedFrom: row.booted_from,
    portVlans: row.port_vlans,
    disks: row.disks,
    calls: row.calls,
  };
}

/** Updates the device of a node, made when it is not there yet; `set` may name the old row `d` and $2…. */
async function changeFakeDevice(db: Queryable, set: string, nodeUuid: string, ...values: unknown[]): Promise<void> {
  const update = `update fake_devices d set ${set} where node_uuid = $1::uuid`;
  const changed = await db.query(update, [nodeUuid, ...values]);
  if (changed.rowCount === 1) return;
  await db.query('insert into fake_devices (node_uuid) values ($1::uuid) on conflict do nothing', [nodeUuid]);
  await db.query(update, [nodeUuid, ...values]);
}

const POWERING_ON = `($2::text = 'power on' and d.power_state = 'power off')`;
const POWER_CALLS = `counted(d.calls, case when d.power_state = $2::text then $2::text || ' again' else $2::text end)`;

/**
 * Sets the power. Powering on boots: a one-time boot device is used up, and the clear CMOS flag resets the
 * settings (counted as `bios reset`).
 */
export async function setFakePower(db: Queryable, change: { nodeUuid: string; target: PowerState }): Promise<void> {
  const set = `power_state = $2::text,
    booted_from = case when ${POWERING_ON} then coalesce(d.boot_device, 'disk') else d.booted_from end,
    boot_device = case when ${POWERING_ON} and not d.boot_persistent then null else d.boot_device end,
    clear_cmos = d.clear_cmos and not ${POWERING_ON},
    calls = case when ${POWERING_ON} and d.clear_cmos then counted(${POWER_CALLS}, 'bios reset') else ${POWER_CALLS} end`;
  await changeFakeDevice(db, set, change.nodeUuid, change.target);
}

/** Boots a fake machine that is on anew, as a power-on does. */
export async function restartFake(db: Queryable, nodeUuid: string): Promise<void> {
  const set = `booted_from = coalesce(d.boot_device, 'disk'),
    boot_device = case when d.boot_persistent then d.boot_device end, clear_cmos = false,
    calls = counted(case when d.clear_cmos then counted(d.calls, 'bios reset') else d.calls end, 'restart')`;
  await changeFakeDevice(db, set, nodeUuid);
}

/** Sets the boot flags; the same flags once more count as `boot device again`. */
export async function setFakeBoot(
  db: Queryable,
  change: { nodeUuid: string; device: BootDevice | null; persistent: boolean; uefi: boolean; clearCmos: boolean },
): Promise<void> {
  const set = `boot_device = $2::text, boot_persistent = $3::boolean, boot_uefi = $4::boolean, clear_cmos = $5::boolean,
    calls = counted(d.calls, case
      when (d.boot_device, d.boot_persistent, d.boot_uefi, d.clear_cmos)
        is not distinct from ($2::text, $3::boolean, $4::boolean, $5::boolean)
      then 'boot device again' else 'boot device' end)`;
  await changeFakeDevice(db, set, change.nodeUuid, change.device, change.persistent, change.uefi, change.clearCmos);
}

/** Puts a port onto a VLAN; the same VLAN once more counts as `vlan again`. */
export async function setFakePortVlan(
  db: Queryable,
  change: { nodeUuid: string; portId: string; vlan: number },
): Promise<void> {
  const set = `port_vlans = d.port_vlans || jsonb_build_object($2::text, $3::integer),
    calls = counted(d.calls, case when (d.port_vlans ->> $2::text)::integer = $3::integer
      then 'vlan again' else 'vlan' end)`;
  await changeFakeDevice(db, set, change.nodeUuid, change.portId, change.vlan);
}

/** Tells a fake device something about one subject; what it was told of it last is not told once more. */
export async function tellFake(
  db: Queryable,
  call: { nodeUuid: string; subject: string; words: string },
): Promise<void> {
  const set = `told = d.told || jsonb_build_object($2::text, $3::text),
    calls = case when d.told ->> $2::text = $3::text then d.calls else counted(d.calls, $3::text) end`;
  await changeFakeDevice(db, set, call.nodeUuid, call.subject, call.words);
}

/** Counts a call that leaves nothing behind, such as `nmi`. */
export async function countFakeCall(db: Queryable, call: { nodeUuid: string; name: string }): Promise<void> {
  await changeFakeDevice(db, 'calls = counted(d.calls, $2::text)', call.nodeUuid, call.name);
}

/**
 * Counts one firing of a fault dial, unless it has fired `times` times.
 * @returns which firing this is, from 1; undefined when the dial is used up
 */
export async function takeFakeFault(
  db: Queryable,
  fault: { nodeUuid: string; key: string; times: number },
): Promise<number | undefined> {
  await db.query('insert into fake_devices (node_uuid) values ($1::uuid) on conflict do nothing', [fault.nodeUuid]);
  const { rows } = await db.query<{ fired: number }>(
    `update fake_devices d set faults = counted(d.faults, $2::text)
      where node_uuid = $1::uuid and coalesce((d.faults ->> $2::text)::integer, 0) < $3::integer
      returning (faults ->> $2::text)::integer as fired`,
    [fault.nodeUuid, fault.key, fault.times],
  );
  return rows[0]?.fired;
}

/** MAC addresses of a node's ports, in the order in which they were made. */
export async function listPortAddresses(db: Queryable, nodeUuid: string): Promise<string[]> {
  const { rows } = await db.query<{ address: string }>(
    'select address::text from ports where node_uuid = $1::uuid order by id',
    [nodeUuid],
  );
  return rows.map((row) => row.address);
}
