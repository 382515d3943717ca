import assert from 'node:assert/strict';
import { inspectionRuleTable } from '../../db/inspection-rules.ts';
import type { RuleAction } from '../../domain/inspection-rules/rule.ts';
import { createSite, type Site } from './support/site.ts';

describe('inspection rules in an inspection', function () {
  this.timeout(120_000);
  let site: Site;
  beforeEach(async () => {
    site = await createSite();
  });
  afterEach(() => site.close());

  const addRule = (...actions: RuleAction[]) =>
    inspectionRuleTable.insert(site.tools.db, {
      uuid: '44444444-0000-4000-8000-000000000001',
      priority: 0,
      description: null,
      phase: 'main',
      sensitive: false,
      conditions: [{ op: 'gt', args: { values: ['{inventory[cpu][count]}', '1'] } }],
      actions,
    });

  it('change the node before it is manageable again', async () => {
    await addRule({ op: 'set-attribute', args: { path: 'extra/cpus', value: '{inventory[cpu][count]}' } });
    const { uuid } = await site.addNode();
    await site.run('manage', uuid);
    await site.run('inspect', uuid);
    const node = await site.node(uuid);
    assert.deepEqual([node.provisionState, node.extra['cpus']], ['manageable', '4']);
  });

  it('end it in «inspect failed», with what they say', async () => {
    await addRule({ op: 'fail', args: { msg: 'no such machine was bought' } });
    const { uuid } = await site.addNode();
    await site.run('manage', uuid);
    await site.run('inspect', uuid).catch(() => undefined);
    const node = await site.node(uuid);
    assert.equal(node.provisionState, 'inspect failed');
    assert.match(node.lastError ?? '', /no such machine was bought/);
  });
});
