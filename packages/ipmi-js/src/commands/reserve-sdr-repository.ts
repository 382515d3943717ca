import { layout, nothing, u16 } from '../codec/layout.ts';
import { NETFN, command } from './command.ts';

/** Reserve SDR Repository (IPMI v2.0 §33.11); needed for partial reads. */
export const reserveSdrRepository = command({
  name: 'Reserve SDR Repository',
  spec: '§33.11',
  netFn: NETFN.storage,
  cmd: 0x22,
  privilege: 'user',
  repeatable: true,
  request: nothing,
  response: layout().field('reservation', u16),
});
