import assert from 'node:assert/strict';
import type { LabNode } from '../../lab/state.ts';
import type { Baremetal } from '../compat/support/baremetal.ts';
import type { LabSite } from './lab-site.ts';

/** Lets a command wait for the end of an operation, for longer than one takes on a busy machine. */
export const WAIT = ['--wait', '1500'] as const;

/** Enrols a machine of the lab, with something wrong where the test wants it. */
export async function enrol(
  baremetal: Baremetal,
  machine: LabNode,
  other: Readonly<Record<string, string>>,
): Promise<void> {
  const { bmc, nics, firmware, name, uuid } = machine;
  const info = {
    ipmi_address: bmc.address,
    ipmi_port: String(bmc.port),
    ipmi_username: bmc.username,
    ipmi_password: bmc.password,
    ...other,
  };
  const create = [
    'node',
    'create',
    '--driver',
    'ipmi',
    '--name',
    name,
    '--uuid',
    uuid,
    '--network-interface',
    'switch',
  ];
  const properties = ['--property', 'cpu_arch=x86_64', '--property', `capabilities=boot_mode:${firmware}`];
  const words = Object.entries(info).flatMap(([key, value]) => ['--driver-info', `${key}=${value}`]);
  await baremetal.run(...create, ...properties, ...words);
  for (const { mac, localLinkConnection } of nics)
    await baremetal.run('port', 'create', mac, '--node', uuid, ...linkWords(localLinkConnection));
}

/** Says where a port is plugged in. */
export async function setLink(
  baremetal: Baremetal,
  port: string,
  link: Readonly<Record<string, string>>,
): Promise<void> {
  await baremetal.run('port', 'set', port, ...linkWords(link));
}

function linkWords(link: Readonly<Record<string, string>>): string[] {
  return Object.entries(link).flatMap(([key, value]) => ['--local-link-connection', `${key}=${value}`]);
}

/** A heartbeat as anyone on the network could send it. */
export async function sendHeartbeat(
  { stack }: LabSite,
  nodeUuid: string,
  token: string | undefined,
): Promise<Response> {
  return await fetch(`${stack.apiUrl}/v1/heartbeat/${nodeUuid}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-openstack-ironic-api-version': '1.68' },
    body: JSON.stringify({ callback_url: 'https://172.31.100.66:9999', agent_version: '13.0.0', agent_token: token }),
  });
}

/** What the operator sees in Temporal: search attributes, and the step that runs now. */
export async function sawInTemporal(site: LabSite, nodeUuid: string, step: string): Promise<void> {
  const { typedSearchAttributes, workflowId } = await site.operation(nodeUuid);
  const own = typedSearchAttributes.getAll().filter(({ key }) => key.name !== 'BuildIds');
  assert.deepEqual(Object.fromEntries(own.map(({ key, value }) => [key.name, value])), {
    NodeUuid: nodeUuid,
    Operation: 'cleanNode',
    ProvisionState: 'cleaning',
    Site: 'default',
  });
  const handle = site.temporal.workflow.getHandle(workflowId);
  const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  assert.match(currentDetails, new RegExp(`Now: step \\d of \\d: ${step}`));
}

/** The most tries that any activity of the node's last operation took. */
export async function mostAttempts(site: LabSite, nodeUuid: string): Promise<number> {
  const { workflowId, runId } = await site.operation(nodeUuid);
  const { events } = await site.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
  return Math.max(...(events ?? []).map((event) => event.activityTaskStartedEventAttributes?.attempt ?? 0));
}

/** The last cleaning left an accepted record for every disk and for the BIOS. */
export async function provedClean(site: LabSite, machine: LabNode): Promise<void> {
  interface Erasure {
    readonly [field: string]: unknown;
    readonly subject: string;
    readonly serial: string;
    readonly verification: Readonly<Record<string, unknown>>;
  }
  const { runId } = await site.operation(machine.uuid);
  const path = `/anneal/v1/nodes/${machine.uuid}/erasures?run=${runId}`;
  const { erasures } = await site.get<{ erasures: Erasure[] }>(path);
  assert.ok(
    erasures.every(({ result }) => result === 'accepted'),
    JSON.stringify(erasures),
  );
  const disks = erasures.filter(({ subject }) => subject === 'disk');
  assert.deepEqual(disks.map(({ serial }) => serial).toSorted(), machine.disks.map(({ serial }) => serial).toSorted());
  for (const disk of disks) {
    assert.equal(disk['size_bytes'], 5 * 1024 ** 3);
    for (const field of ['method', 'tool', 'started_at', 'finished_at']) assert.ok(disk[field], field);
    assert.ok(Number(disk.verification['samples_read']) >= 16, JSON.stringify(disk.verification));
    assert.equal(disk.verification['non_zero_samples'], 0);
  }
  const bios = erasures.find(({ subject }) => subject === 'bios');
  assert.deepEqual(bios?.verification, { flag_written_and_read_back: true, flag_consumed_by_firmware: true });
}
