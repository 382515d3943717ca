import { choice, layout, nothing, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get System Restart Cause (IPMI v2.0 §28.11). */
export const getSystemRestartCause = command({
  name: 'Get System Restart Cause',
  spec: '§28.11',
  netFn: NETFN.chassis,
  cmd: 0x07,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout()
    .bits({
      cause: choice(0, 4, [
        'unknown',
        'chassis control',
        'reset button',
        'power button',
        'watchdog',
        'oem',
        'automatic, always on',
        'automatic, previous state',
        'reset by pef',
        'power cycle by pef',
        'soft reset',
        'rtc wake',
      ]),
    })
    .field('channel', u8),
});
