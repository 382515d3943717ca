import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Step } from '../../../domain/steps.ts';
import { UNHOLD_UPDATE } from '../../../workflows/messages.ts';
import { nodeWorkflowId } from '../../../domain/ids.ts';
import { runStops } from '../../support/at-end.ts';
import { prepareVendorCall } from '../../support/operations.ts';
import { until, untilSucceeds } from '../../support/until.ts';
import { encodeHistory } from './history.ts';
import { addMachine } from './machine.ts';
import { createSite, type Site } from './site.ts';

/**
 * Records one history of each kind of operation into test/workflows/histories/. Run it after a release whose
 * recipes changed, and keep the older files: running operations of the older release must go on.
 *
 *     node --import tsx --conditions=source test/workflows/support/record-histories.ts <release>
 */
const FOLDER = fileURLToPath(new URL('../histories/', import.meta.url));
const release = process.argv[2] ?? 'unreleased';
const images = await mkdtemp(join(tmpdir(), 'anneal-record-'));
const SERVICE: readonly Step[] = [
  { interface: 'deploy', step: 'wait', priority: 0, args: { seconds: 1 } },
  { interface: 'firmware', step: 'update', priority: 0, args: { settings: [] } },
  { interface: 'deploy', step: 'reboot', priority: 0 },
];
const site = await createSite({
  ANNEAL_IMAGE_CACHE: join(images, 'cache'),
  ANNEAL_IMAGE_FOLDERS: images,
  ANNEAL_CALLBACK_TIMEOUT_S: '3',
});
try {
  await mkdir(FOLDER, { recursive: true });
  await recordFake(site);
  await recordVendor(site);
  await recordHold(site);
  await recordChildren(site);
  await recordAdoption(site);
  await recordAborted(site);
  await recordRecovery(site);
  await recordFleet(site);
  await recordPlan(site);
  await recordMachine(site);
  await recordAgentRescue(site);
} finally {
  await site.close();
  await runStops();
  await rm(images, { recursive: true });
}

async function recordFake({ addNode, run }: Site): Promise<void> {
  const { uuid } = await addNode();
  await run('manage', uuid);
  await save('manage', uuid);
  await run('inspect', uuid);
  await save('inspect-by-driver', uuid);
  await run('clean', uuid, { steps: [{ interface: 'raid', step: 'delete_configuration', priority: 0 }] });
  await save('clean-manual', uuid);
  await run('provide', uuid);
  await save('clean', uuid);
  await run('deploy', uuid);
  await save('deploy', uuid);
  await run('flip-network', uuid);
  await save('flip-network', uuid);
  await run('rebuild', uuid);
  await save('rebuild', uuid);
  await run('power', uuid, { power: { target: 'soft rebooting', timeoutS: 5 } });
  await save('power-soft-reboot', uuid);
  await run('boot-device', uuid, { bootDevice: { device: 'disk', persistent: true } });
  await save('set-boot-device', uuid);
  await run('device', uuid, { device: { what: 'secure boot', target: true } });
  await save('change-device', uuid);
  await run('inject-nmi', uuid);
  await save('inject-nmi', uuid);
  await run('rescue', uuid);
  await save('rescue', uuid);
  await run('unrescue', uuid);
  await save('unrescue', uuid);
  await run('service', uuid, { steps: SERVICE });
  await save('service', uuid);
  await run('delete', uuid);
  await save('undeploy', uuid);
}

async function recordVendor({ addNode, client, run, taskQueue, tools }: Site): Promise<void> {
  const { uuid: nodeUuid } = await addNode();
  await run('vendor', nodeUuid, { vendor: { method: 'second_method' } });
  await save('call-vendor', nodeUuid);
  const call = { nodeUuid, requestId: 'req-record' };
  await prepareVendorCall(tools.db, call);
  const workflowId = `vendor:${nodeUuid}`;
  const args = [{ ...call, method: 'second_method' }];
  await client.workflow.execute('callVendorBeside', { workflowId, taskQueue, args });
  await write('call-vendor-beside', workflowId);
}

async function recordHold({ addNode, start, client }: Site): Promise<void> {
  const { uuid } = await addNode({ provisionState: 'active' });
  const steps = [{ interface: 'deploy', step: 'hold', priority: 0 } as const];
  const { handle } = await start('service', uuid, { steps });
  const held = client.workflow.getHandle(handle.workflowId);
  // Refused until it is on hold.
  await untilSucceeds(() => held.executeUpdate(UNHOLD_UPDATE));
  await handle.result();
  await save('service-held', uuid);
}

async function recordChildren({ addNode, run, tools }: Site): Promise<void> {
  const { uuid } = await addNode({ provisionState: 'active' });
  const children = [await addNode(), await addNode()];
  for (const child of children)
    await tools.db.query('update nodes set parent_node = $2::uuid where uuid = $1::uuid', [child.uuid, uuid]);
  await run('service', uuid, {
    steps: [{ interface: 'power', step: 'reboot', priority: 0, executeOnChildNodes: true }],
  });
  await save('service-children', uuid);
  await save('step-node', children[0]?.uuid ?? '');
}

async function recordAdoption({ addNode, run }: Site): Promise<void> {
  const { uuid } = await addNode({ provisionState: 'manageable' });
  await run('adopt', uuid);
  await save('adopt', uuid);
}

async function recordAborted({ addNode, start }: Site): Promise<void> {
  const { uuid } = await addNode({ provisionState: 'manageable', driverInfo: { fake_clean_delay_s: 30 } });
  const { handle } = await start('provide', uuid);
  await sleep(1500);
  await handle.cancel();
  await handle.result().catch(() => {});
  await save('clean-aborted', uuid);
}

async function recordRecovery({ addNode, run }: Site): Promise<void> {
  const { uuid } = await addNode({ provisionState: 'cleaning' });
  await run('abort', uuid);
  await save('recover', uuid);
}

async function recordPlan({ addNode, client, taskQueue }: Site): Promise<void> {
  const { uuid: nodeUuid } = await addNode({ provisionState: 'manageable' });
  const request = { requestId: 'req-record', username: null };
  const workflowId = `plan:${nodeUuid}`;
  const args = [{ nodeUuid, request, verb: 'provide', args: {} }];
  await client.workflow.execute('planNode', { workflowId, taskQueue, args });
  await write('plan', workflowId);
}

async function recordFleet({ addNode, execute, client }: Site): Promise<void> {
  const { uuid } = await addNode({ provisionState: 'available' });
  const limits = { windowMinutes: 5, maxPercentPerRack: 50, stopAtErrorPercent: 50 };
  await execute('cleanFleet', { name: 'record', site: '', selector: { nodes: [uuid] }, ...limits });
  await save('reclean', uuid);
  await execute('sweepPower', { site: '' });
  await execute('forgetEvents', { site: '', days: 30 });
  const names = { cleanFleet: 'clean-fleet', sweepPower: 'sweep-power', forgetEvents: 'forget-events' };
  for (const [type, name] of Object.entries(names)) {
    const run = await until(`a run of ${type}`, async () => (await listAll(client, type))[0]);
    await write(name, run.workflowId);
  }
}

async function recordMachine(where: Site): Promise<void> {
  const machine = await addMachine(where);
  const { nodeUuid } = machine;
  try {
    await where.run('inspect', nodeUuid);
    await save('inspect-by-agent', nodeUuid);
    await where.run('provide', nodeUuid);
    await save('clean-by-agent', nodeUuid);
    await setImage(where, nodeUuid);
    await where.run('deploy', nodeUuid);
    await save('deploy-by-agent', nodeUuid);
    await where.run('rebuild', nodeUuid);
    await save('rebuild-by-agent', nodeUuid);
    await where.run('delete', nodeUuid);
    await save('undeploy-by-agent', nodeUuid);
    machine.calls = false;
    await where.run('deploy', nodeUuid).catch(() => {});
    await save('deploy-without-image', nodeUuid);
    await where.run('delete', nodeUuid).catch(() => {});
    await save('clean-without-agent', nodeUuid);
  } finally {
    await machine.close();
  }
}

async function recordAgentRescue(where: Site): Promise<void> {
  const addActive: Site['addNode'] = (node) => where.addNode({ ...node, provisionState: 'active' });
  const machine = await addMachine({ ...where, addNode: addActive });
  try {
    await where.run('rescue', machine.nodeUuid);
    await save('rescue-by-agent', machine.nodeUuid);
  } finally {
    await machine.close();
  }
}

async function setImage({ tools }: Site, nodeUuid: string): Promise<void> {
  const bytes = randomBytes(4096);
  bytes.writeUInt16BE(0x55aa, 510);
  const path = join(images, 'image.raw');
  await writeFile(path, bytes);
  const checksum = createHash('sha256').update(bytes).digest('hex');
  await tools.db.query('update nodes set instance_info = $2::jsonb where uuid = $1::uuid', [
    nodeUuid,
    { image_source: `file://${path}`, image_checksum: checksum },
  ]);
}

function save(name: string, nodeUuid: string): Promise<void> {
  return write(name, nodeWorkflowId(nodeUuid));
}

async function write(name: string, workflowId: string): Promise<void> {
  const history = await site.client.workflow.getHandle(workflowId).fetchHistory();
  await writeFile(join(FOLDER, `${name}.${release}.pb`), encodeHistory(history));
}

async function listAll(client: Site['client'], type: string): Promise<WorkflowExecutionInfo[]> {
  const runs: WorkflowExecutionInfo[] = [];
  for await (const run of client.workflow.list({ query: `WorkflowType = '${type}'` })) runs.push(run);
  return runs;
}
