import { installClients } from '../compat/support/session.ts';
import { firstMachine } from './first-machine.ts';
import { LabSite } from './lab-site.ts';
import { secondMachine } from './second-machine.ts';
import { Tale } from './tale.ts';

/** Longer than a boot on a busy machine; a machine that gets no DHCP is given up after it. */
const CALLBACK_S = 180;

describe('the main job in the lab (QEMU, ironic-python-agent, Open vSwitch, Temporal, the baremetal command)', function () {
  this.timeout(25 * 60_000);
  let site: LabSite;
  const tales = {
    'a UEFI machine': new Tale(firstMachine(() => site)),
    'a BIOS machine': new Tale(secondMachine(() => site, CALLBACK_S)),
  };
  const told: Promise<void>[] = [];

  before(async () => {
    installClients();
    site = await LabSite.open('e2e-site', { ANNEAL_CALLBACK_TIMEOUT_S: String(CALLBACK_S) });
    told.push(...Object.values(tales).map((tale) => tale.tell()));
  });
  after(async () => {
    await Promise.all(told);
    await site?.close();
  });

  for (const [name, tale] of Object.entries(tales))
    describe(name, () => {
      for (const [title] of tale.steps) it(title, () => tale.outcome(title));
    });
});
