import { layout, nothing, u32, u8 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Get POH Counter (IPMI v2.0 §28.14): hours on = counter × minutesPerCount ÷ 60. */
export const getPohCounter = command({
  name: 'Get POH Counter',
  spec: '§28.14',
  netFn: NETFN.chassis,
  cmd: 0x0f,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout().field('minutesPerCount', u8).field('counter', u32),
});
