import { readableError } from '../readable-error.ts';
import type { HardwareType } from '../interfaces.ts';
import { createFakeChanges } from './changes.ts';
import { checkDials, DELAY_DIALS } from './dials.ts';
import { presentDisks } from './disks.ts';
import { firmwareOf } from './firmware-records.ts';
import { inspectFake } from './inspect.ts';
import { createFakeManagement } from './management.ts';
import { createFakePower } from './power.ts';
import { nameOf } from '../node-name.ts';
import { createFakeRescue } from './rescue.ts';
import { FakeScreen } from './screen.ts';
import { createFakeSteps } from './steps.ts';
import { createFakeVendor } from './vendor.ts';
import type { FakeTools } from './world.ts';

/** The hardware type `fake-hardware`: machines that exist in PostgreSQL only, with delay and fault dials. */
export function createFakeHardware(tools: FakeTools): HardwareType {
  return {
    name: 'fake-hardware',
    interfaces: {
      bios: ['fake'],
      boot: ['fake'],
      console: ['no-console', 'fake', 'fake-graphical'],
      deploy: ['fake'],
      firmware: ['fake'],
      inspect: ['fake'],
      management: ['fake'],
      network: ['noop', 'fake', 'switch'],
      power: ['fake'],
      raid: ['fake'],
      rescue: ['fake', 'no-rescue'],
      storage: ['noop', 'external'],
      vendor: ['fake', 'no-vendor'],
    },
    properties: {
      ...DELAY_DIALS,
      fake_faults:
        'Calls that fail on purpose: {"power.setPowerState": {"code": "BmcBusy", "times": 2, "when": "before" or "after", "hang_s": 0}}.',
      fake_bios:
        'BIOS settings that the machine comes with: {"ProcVirtualization": "Enabled"}; an inspection notes them.',
      fake_firmware: 'Firmware that the machine comes with: {"bmc": "1.0"}; an inspection notes it.',
      fake_health: 'What the BMC says of the machine: OK, Warning or Critical; default nothing.',
      fake_ignores_soft_off: 'True when the fake operating system ignores the power button.',
      fake_disks: 'Disks of the machine: [{"name", "serial", "model", "size_gib"}]; default two of 10 GiB.',
      fake_missing_disks: 'Serial numbers of disks that are gone.',
      fake_dirty_disks: 'Serial numbers of disks that keep their data when they are erased.',
    },
    required: {},
    power: createFakePower(tools),
    management: createFakeManagement(tools),
    steps: createFakeSteps(tools),
    changes: createFakeChanges(tools),
    graphicalConsole: { open: ({ node }) => Promise.resolve(new FakeScreen(nameOf(node))) },
    vendor: createFakeVendor(tools),
    rescue: createFakeRescue(tools),
    usesAgent: false,
    indicators: {
      chassis: { 'led-0': { readonly: true, states: ['off', 'on'], state: 'on' } },
      system: { led: { readonly: false, states: ['blinking', 'off', 'on'], state: 'on' } },
    },
    inspect: (context) => inspectFake(tools, context),
    validate(node) {
      try {
        checkDials(node);
        presentDisks(node);
        firmwareOf(node);
        return Promise.resolve({});
      } catch (error) {
        return Promise.resolve({ power: readableError(error) });
      }
    },
  };
}
