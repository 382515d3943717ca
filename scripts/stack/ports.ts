import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** TCP ports of 127.0.0.1 that are free at this moment, all different. */
export async function freePorts(count: number): Promise<number[]> {
  return release(await Promise.all(Array.from({ length: count }, () => listen(0))));
}

/** A TCP port of 127.0.0.1 that is free at this moment: `preferred` when that one is. */
export async function freePort(preferred: number): Promise<number> {
  const [port] = await release([await listen(preferred).catch(() => listen(0))]);
  return port as number;
}

const LOWEST = 10_000;
const HIGHEST = 32_767;
const TRIES_PER_PORT = 20;

/**
 * The same, below 32768: Temporal's server keeps the ports of its services in a `smallint` of PostgreSQL.
 * @throws Error when the range is as good as full
 */
export async function freeLowPorts(count: number): Promise<number[]> {
  const probes: Server[] = [];
  for (let tries = 0; probes.length < count && tries < count * TRIES_PER_PORT; tries += 1) {
    const probe = await listen(randomInt(LOWEST, HIGHEST)).catch(() => undefined);
    if (probe !== undefined) probes.push(probe);
  }
  const ports = await release(probes);
  if (ports.length < count) throw new Error(`${count} free ports between ${LOWEST} and ${HIGHEST} could not be found`);
  return ports;
}

function listen(port: number): Promise<Server> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(port, '127.0.0.1', () => resolve(probe));
  });
}

async function release(probes: readonly Server[]): Promise<number[]> {
  const ports = probes.map((probe) => {
    const address = probe.address();
    if (address === null || typeof address === 'string') throw new Error('a probe for a free port has no port');
    return address.port;
  });
  await Promise.all(probes.map((probe) => new Promise((resolve) => probe.close(resolve))));
  return ports;
}
