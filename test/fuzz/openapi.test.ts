import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANNEAL_MEDIA } from '../../api/media.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { fuzz } from './schemathesis.ts';

/** ANNEAL_FUZZ_SEED repeats a run or tries another one; ANNEAL_FUZZ_EXAMPLES makes it longer. */
const seed = Number(process.env['ANNEAL_FUZZ_SEED'] ?? 1);
const examples = Number(process.env['ANNEAL_FUZZ_EXAMPLES'] ?? 5);

describe('the API against its own OpenAPI document', function () {
  this.timeout(1_500_000);
  let stack: Stack;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-fuzz-'));
    // Requests are many and the machine is small: a claim that takes its time is not what is looked for.
    stack = await startStack({ ANNEAL_CLAIM_TIMEOUT_MS: '60000' });
  });
  after(async () => {
    await stack?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function nodeIn(state: 'enroll' | 'manageable' | 'available' | 'active'): Promise<string> {
    const uuid = await stack.addNode({ name: `fuzz-${state}` });
    const way = { enroll: 0, manageable: 1, available: 2, active: 3 };
    const steps = [
      ['manage', 'manageable'],
      ['provide', 'available'],
      ['active', 'active'],
    ] as const;
    for (const [target, end] of steps.slice(0, way[state])) {
      await stack.provision(uuid, { target });
      await stack.awaitState(uuid, end);
    }
    return uuid;
  }

  it('never answers 5xx, nor anything that the document does not say', async () => {
    const nodes = await Promise.all((['enroll', 'manageable', 'available', 'active'] as const).map(nodeIn));
    const address = '52:54:00:00:00:01';
    const port = await stack.request('POST', '/v1/ports', { body: { node_uuid: nodes[0], address } });
    const headers = { Accept: ANNEAL_MEDIA };
    const listed = await stack.request('GET', `/v1/nodes/${nodes[3]}/operations`, { headers });
    const operations = (JSON.parse(listed.text) as { operations: { uuid: string }[] }).operations;
    const { code, out } = await fuzz({
      url: stack.url,
      folder,
      examples,
      seed,
      known: {
        'path.node': [...nodes, randomUUID()],
        'path.port': [port.body.uuid],
        'path.operation': operations.map(({ uuid }) => uuid),
        'path.driver': ['fake-hardware', 'ipmi'],
        'path.host': ['test-worker'],
        'header.X-OpenStack-Ironic-API-Version': ['1.115', 'latest', '1.1', '1.55'],
      },
    });
    assert.equal(code, 0, out);
  });
});
