import { once } from 'node:events';
import { createServer } from 'node:net';

/** A TCP port of the loopback that is free now; `preferred` when that one is. */
export async function freePort(preferred = 0): Promise<number> {
  const probe = createServer();
  probe.listen(preferred, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch (error) {
    if (preferred === 0) throw error;
    return await freePort();
  }
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('the probe for a free port has no port');
  return address.port;
}
