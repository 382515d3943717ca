import { buildGophercloud, runScenario } from './support/gophercloud.ts';
import { startTarget, type Target } from './support/target.ts';

/** What callers of gophercloud ask for: Metal3's lowest version and highest one, and an old one. */
const VERSIONS = ['1.72', '1.89', '1.110'];

const SCENARIOS = {
  life: 'takes a node through its whole life',
  nodes: 'creates, lists and updates nodes',
  ports: 'keeps ports and VIFs',
  management: 'validates, switches power, chooses the boot device',
  inventory: 'lists drivers and conductors',
} as const;

describe('gophercloud 2.15.0', function () {
  this.timeout(300_000);
  let program: string;
  let target: Target;
  before(async () => {
    program = buildGophercloud();
    target = await startTarget();
  });
  after(() => target?.close());

  for (const [scenario, sentence] of Object.entries(SCENARIOS))
    it(sentence, async () => {
      const conductorGroup = target.nodeFields['conductor_group'] ?? '';
      const { url } = target;
      await Promise.all(VERSIONS.map((version) => runScenario(program, scenario, { url, conductorGroup, version })));
    });
});
