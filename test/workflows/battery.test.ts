import assert from 'node:assert/strict';
import { Suite, Test } from 'mocha';
import { WORKFLOW_OF_VERB } from '../../workflows/messages.ts';
import { startBattery, type Battery } from '../support/battery.ts';
import { SCENARIOS } from '../support/battery/scenarios.ts';

describe('battery: every fault at every call of every workflow', function () {
  this.timeout(240_000);
  let battery: Battery;

  before(async function () {
    battery = await startBattery();
    // The tests are made from what the clean runs really called, so they can be known only now.
    const parent = this.test?.parent;
    assert.ok(parent);
    for (const scenario of Object.keys(SCENARIOS)) {
      const suite = Suite.create(parent, scenario);
      for (const { title, problems } of battery.cells.filter((cell) => cell.scenario === scenario))
        suite.addTest(new Test(title, async () => assert.deepEqual(await problems, [])));
    }
  });
  after(() => battery.close());

  it('has a clean run of every workflow type that the API starts', () => {
    const covered = Object.values(SCENARIOS).map(({ verb }) => WORKFLOW_OF_VERB[verb]);
    assert.deepEqual(new Set(covered), new Set(Object.values(WORKFLOW_OF_VERB)));
    assert.deepEqual([...battery.cleanProblems.values()].flat(), []);
  });
});
