import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createInventoryActivities } from '../../../activities/inspect.ts';
import type { Tools } from '../../../activities/tools.ts';
import { inspectionRuleTable } from '../../../db/inspection-rules.ts';
import { getInventory, saveInventory } from '../../../db/inventory.ts';
import { listTraits } from '../../../db/traits.ts';
import type { RuleAction, RuleCondition } from '../../../domain/inspection-rules/rule.ts';
import { insertBareNode } from '../../support/bare-node.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const NODE = '11111111-0000-4000-8000-000000000001';
const PORT = '22222222-0000-4000-8000-000000000001';
const INVENTORY = {
  hostname: 'rack7-u12',
  cpu: { count: 8, architecture: 'x86_64', flags: ['vmx'] },
  disks: [{ name: '/dev/nvme0n1', size: 2 ** 34 }],
  interfaces: [],
};

describe('inspection rules at the end of an inspection', () => {
  let database: TestDatabase;
  const lines: string[] = [];
  beforeEach(async () => {
    database = await createTestDatabase();
    lines.length = 0;
    await insertBareNode(database.pool, { uuid: NODE, extra: { runs: [] }, driver_info: { ipmi_password: 'secret' } });
    await database.pool.query(`insert into ports (uuid, node_uuid, address) values ($1, $2, '52:54:00:00:00:01')`, [
      PORT,
      NODE,
    ]);
    await saveInventory(database.pool, { nodeUuid: NODE, inventory: INVENTORY, pluginData: { a: 1 } });
  });
  afterEach(() => database.close());

  const addRule = (actions: readonly RuleAction[], conditions: readonly RuleCondition[] = []) =>
    inspectionRuleTable.insert(database.pool, {
      uuid: crypto.randomUUID(),
      priority: 0,
      description: null,
      phase: null,
      sensitive: false,
      conditions,
      actions,
    });
  const apply = (inspectionRulesFile?: string) => {
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
    // Of a worker's tools these activities use three, and of its settings two.
    const settings = { inspectionRulesFile, inspectionRulesMasking: 'always' } as Partial<
      Tools['settings']
    > as Tools['settings'];
    const tools = { db: database.pool, log, settings } as Partial<Tools> as Tools;
    return createInventoryActivities(tools).applyInventory({ nodeUuid: NODE });
  };
  const node = async () => (await database.pool.query('select * from nodes')).rows[0];

  it('change the node, its ports, traits and plugin data once, however often it is tried', async () => {
    await addRule(
      [
        { op: 'set-attribute', args: { path: 'resource_class', value: 'metal-{inventory[cpu][count]}' } },
        { op: 'extend-attribute', args: { path: 'extra/runs', value: 'one' } },
        { op: 'add-trait', args: { name: 'CUSTOM_BIG' } },
        { op: 'set-port-attribute', args: { port_id: PORT, path: 'physical_network', value: 'blue' } },
        { op: 'set-plugin-data', args: { path: 'b', value: 2 } },
        { op: 'log', args: { msg: 'saw {inventory[hostname]}', level: 'warning' } },
      ],
      [{ op: 'eq', args: { values: ['{inventory[cpu][architecture]}', 'x86_64'] } }],
    );
    await addRule(
      [{ op: 'set-attribute', args: { path: 'name', value: 'never' } }],
      [{ op: 'is-true', args: { value: false } }],
    );
    await apply();
    await apply();
    const row = await node();
    assert.deepEqual([row.resource_class, row.extra, row.name], ['metal-8', { runs: ['one'] }, null]);
    assert.deepEqual(row.properties, { cpu_arch: 'x86_64', cpus: 8, local_gb: 15, capabilities: 'cpu_vt:true' });
    assert.deepEqual(row.driver_info, { ipmi_password: 'secret' });
    assert.deepEqual(await listTraits(database.pool, NODE), ['CUSTOM_BIG', 'CUSTOM_DISK_NVME', 'HW_CPU_X86_VMX']);
    assert.equal((await database.pool.query('select physical_network from ports')).rows[0].physical_network, 'blue');
    assert.deepEqual((await getInventory(database.pool, NODE))?.pluginData, { a: 1, b: 2 });
    assert.equal(lines.filter((line) => line.includes('saw rack7-u12')).length, 1);
    await saveInventory(database.pool, { nodeUuid: NODE, inventory: INVENTORY, pluginData: {} });
    await apply();
    assert.deepEqual((await node()).extra, { runs: ['one', 'one'] });
  });

  const FAILING: readonly [string, RuleAction, RegExp][] = [
    ['fails', { op: 'fail', args: { msg: 'wrong machine' } }, /wrong machine/],
    [
      'sets a field that is not a rule’s',
      { op: 'set-attribute', args: { path: 'provision_state', value: 'active' } },
      /provision_state can't be set/,
    ],
    [
      'sets a field to what it can’t be',
      { op: 'set-attribute', args: { path: 'name', value: 7 } },
      /name must be text/,
    ],
  ];
  for (const [what, action, message] of FAILING) {
    it(`change nothing when one ${what}`, async () => {
      await addRule([{ op: 'set-attribute', args: { path: 'extra/x', value: 1 } }, action]);
      await assert.rejects(apply(), { code: 'InspectionRuleFailed', message });
      assert.deepEqual((await node()).extra, { runs: [] });
    });
  }

  describe('that stand in a file', () => {
    let folder: string;
    before(async () => (folder = await mkdtemp(join(tmpdir(), 'anneal-rules-'))));
    after(() => rm(folder, { recursive: true }));

    const file = async (text: string): Promise<string> => {
      const path = join(folder, 'rules.yaml');
      await writeFile(path, text);
      return path;
    };
    const FIRST = `
- description: first of all
  priority: 10000
  actions:
    - op: extend-attribute
      args: {path: extra/runs, value: file}
- conditions:
    - {op: eq, args: {values: ["{inventory[cpu][architecture]}", x86_64]}}
  actions:
    - op: extend-attribute
      args: {path: extra/runs, value: "last of {inventory[hostname]}"}
`;

    it('are applied with the others, in the order of their priorities', async () => {
      await addRule([{ op: 'extend-attribute', args: { path: 'extra/runs', value: 'stored' } }]);
      await apply(await file(FIRST));
      assert.deepEqual((await node()).extra, { runs: ['file', 'stored', 'last of rack7-u12'] });
      assert.match(
        lines.join(),
        /"rules":\["00000000-0000-0000-0000-000000000000",.*"00000000-0000-0000-0000-000000000001"\]/,
      );
    });

    const UNFIT: readonly [string, RegExp][] = [
      ['actions: 1', /a list of rules is expected/],
      ['- actions: []', /rule 1: .*actions/s],
      [`${FIRST}\n- actions: [{op: explode, args: {}}]`, /rule 3: Unsupported action operator: explode/],
      ['- {actions: [{op: fail, args: {}}]}', /rule 1: Invalid parameters .* missing required argument\(s\): msg/],
      ['- {actions: [', /do not fit: /],
    ];
    for (const [text, message] of UNFIT) {
      it(`end the inspection where they do not fit: ${text.slice(-45).trim()}`, async () => {
        const path = await file(text);
        await assert.rejects(apply(path), (error: Error) => {
          assert.match(error.message, message);
          assert.equal(error.message.includes(folder), false);
          return true;
        });
        assert.deepEqual((await node()).extra, { runs: [] });
      });
    }

    it('say that their file is missing', async () => {
      await assert.rejects(apply(join(folder, 'none.yaml')), /ANNEAL_INSPECTION_RULES_FILE.*there is no such file/);
    });
  });

  describe('with calls', () => {
    let server: Server;
    let answers: number[];
    const seen: string[] = [];
    before(async () => {
      server = createServer((request, response) => {
        seen.push(`${request.url} ${String(request.headers['x-a'])}`);
        response.writeHead(answers.shift() ?? 200).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    after(() => new Promise((resolve) => server.close(resolve)));
    beforeEach(() => (seen.length = 0));
    const call = (retries: number): RuleAction => ({
      op: 'api-call',
      args: {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/{inventory[hostname]}?key=hidden`,
        headers: { 'X-A': 'b' },
        retries,
      },
    });

    it('ask the address, again when it fails', async () => {
      answers = [500, 200];
      await addRule([call(1)]);
      await apply();
      assert.deepEqual(seen, ['/rack7-u12?key=hidden b', '/rack7-u12?key=hidden b']);
      assert.equal((await getInventory(database.pool, NODE))?.isApplied, true);
    });

    it('rest longer after each failure, and ask no more where that can’t help', async () => {
      answers = [503, 502, 200, 404, 200];
      const { op, args } = call(2);
      await addRule([{ op, args: { ...(args as object), backoff_factor: 0.05 } }]);
      const began = performance.now();
      await apply();
      // None before the second try, 0.05 s * 2 before the third.
      assert.ok(performance.now() - began >= 95);
      assert.equal(seen.length, 3);
      await saveInventory(database.pool, { nodeUuid: NODE, inventory: INVENTORY, pluginData: {} });
      await assert.rejects(apply(), /failed 1 times: it answered 404/);
      assert.equal(seen.length, 4);
    });

    it('go through the proxy that they name', async () => {
      answers = [200];
      const { port } = server.address() as AddressInfo;
      const proxies = { http: `http://127.0.0.1:${port}` };
      await addRule([{ op: 'api-call', args: { url: 'http://cmdb.invalid/hosts?x=1', proxies } }]);
      await apply();
      assert.deepEqual(seen, ['http://cmdb.invalid/hosts?x=1 undefined']);
    });

    it('fail when the address does, and say so without its query', async () => {
      answers = [500, 503];
      await addRule([call(1)]);
      await assert.rejects(apply(), (error: Error) => {
        assert.match(error.message, /\/rack7-u12 failed 2 times: it answered 503/);
        assert.equal(error.message.includes('hidden'), false);
        return true;
      });
      assert.equal((await getInventory(database.pool, NODE))?.isApplied, false);
    });
  });
});
