import assert from 'node:assert/strict';
import { getNodeByUuid } from '../../../../db/nodes.ts';
import type { JsonObject, Node } from '../../../../domain/node.ts';
import { applyRaid, createRaid, deleteRaid } from '../../../../drivers/fake/raid-effects.ts';
import type { FakeEffect } from '../../../../drivers/fake/step-effects.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/postgres.ts';
import { insertTestNode } from '../a-node.ts';

const ROOT = { raid_level: '1', size_gb: 100, is_root_volume: true };
const DATA = { raid_level: '5', size_gb: 'MAX' };
const SWAP = { raid_level: '0', size_gb: 8 };

describe('the RAID of a fake machine', () => {
  let database: TestDatabase;
  before(async () => (database = await createTestDatabase()));
  after(() => database.close());

  async function nodeWith(target: readonly object[], current: readonly object[] = []): Promise<Node> {
    const node = await insertTestNode(database.pool);
    return { ...node, targetRaidConfig: { logical_disks: target }, raidConfig: { logical_disks: current } };
  }

  async function after2(effect: FakeEffect, node: Node, args: JsonObject = {}): Promise<Node> {
    const step = { interface: 'raid', step: 'any', priority: 0, args } as const;
    await effect({ db: database.pool }, node, step);
    // A worker that died in between does it once more.
    const between = await read(node);
    await effect({ db: database.pool }, { ...between, targetRaidConfig: node.targetRaidConfig }, step);
    return await read(node);
  }

  async function read({ uuid }: Node): Promise<Node> {
    const node = await getNodeByUuid(database.pool, uuid);
    assert.ok(node);
    return node;
  }

  it('has the disks of the target, all, or the root or the others only', async () => {
    for (const [args, disks] of [
      [{}, [ROOT, DATA]],
      [{ create_root_volume: false }, [DATA]],
      [{ create_nonroot_volumes: false }, [ROOT]],
    ] as const) {
      const { raidConfig } = await after2(createRaid, await nodeWith([ROOT, DATA], [SWAP]), args);
      assert.deepEqual(raidConfig, { logical_disks: disks });
    }
  });

  it('keeps the disks that are there where the step says so', async () => {
    const { raidConfig } = await after2(createRaid, await nodeWith([ROOT], [SWAP]), { delete_existing: false });
    assert.deepEqual(raidConfig, { logical_disks: [SWAP, ROOT] });
  });

  it('takes a step’s own disks as the target', async () => {
    const args = { raid_config: { logical_disks: [DATA] } };
    const { raidConfig, targetRaidConfig } = await after2(applyRaid, await nodeWith([ROOT]), args);
    assert.deepEqual([raidConfig, targetRaidConfig], [args.raid_config, args.raid_config]);
  });

  it('is gone after it was deleted', async () => {
    assert.deepEqual((await after2(deleteRaid, await nodeWith([ROOT], [ROOT]))).raidConfig, {});
  });

  it('is not made of nothing', async () => {
    const nothing = { code: 'MissingParameterValue', message: /has no target RAID configuration/ };
    await assert.rejects(after2(createRaid, await nodeWith([])), nothing);
    const args = { create_root_volume: false, create_nonroot_volumes: false };
    await assert.rejects(after2(createRaid, await nodeWith([ROOT]), args), {
      message: /after skipping root volume and skipping non-root volumes/,
    });
  });
});
