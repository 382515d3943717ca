import { patch, type Ask, type Table } from '../table.ts';
import { verbsOf } from '../verbs.ts';

const N1 = '11111111-1111-4111-8111-111111111111';
const { done } = verbsOf('one');

const states: Ask = { send: 'GET /v1/nodes/one/states' };
const turn = (target: string, rest?: string, ...at: string[]): Ask => ({
  send: 'PUT /v1/nodes/one/states/power',
  body: { target },
  ...(rest !== undefined && { until: { node: 'one', state: rest } }),
  ...(at.length > 0 && { at }),
});
const mode = (what: string, target: unknown): Ask => ({
  send: `PUT /v1/nodes/one/states/${what}`,
  body: { target },
  until: { node: 'one', state: 'manageable' },
});

/** Changes of power, boot mode and secure boot that are done. */
export const power: Table = {
  name: 'power',
  asks: [
    { send: 'POST /v1/nodes', body: { uuid: N1, name: 'one', driver: 'fake-hardware' } },
    ...done('manage', 'manageable'),
    ...['power on', 'rebooting', 'soft rebooting'].flatMap((target) => [turn(target, 'power on'), states]),
    turn('power off', 'power off'),
    states,
    turn('power on', 'power on'),
    turn('soft power off', 'power off'),
    states,
    turn('soft power off', undefined, '1.26'),
    { send: 'PATCH /v1/nodes/one', body: [patch.set('/disable_power_off', true)] },
    turn('power off'),
    turn('soft power off'),
    turn('power on', 'power on'),
    turn('rebooting', 'power on'),
    states,
    mode('boot_mode', 'uefi'),
    mode('secure_boot', true),
    states,
  ],
};
