import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import type { IpmiClient } from '../client/ipmi-client.ts';
import type { BmcOptions } from '../client/options.ts';
import { UsageError } from './verb.ts';

const IN_FLIGHT = 64;

/** The power of one BMC, or why it is not known. */
export interface Reading {
  readonly bmc: string;
  readonly power: 'on' | 'off' | null;
  readonly error: string | null;
}

/** A line of a sweep's file: `host`, `host:port`, `[IPv6]:port` or a bare IPv6 address. @throws UsageError */
export function parseTarget(line: string): { host: string; port?: number } {
  if (isIPv6(line)) return { host: line };
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(line) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || (bracketed !== undefined && !isIPv6(bracketed)))
    throw new UsageError(`"${line}" is no host, host:port or [IPv6]:port`);
  return { host, ...(port !== undefined && { port: Number(port) }) };
}

/**
 * Reads the power state of every BMC in a file, 64 at a time; empty lines and lines that begin with # are passed over.
 * @param tell called with each reading as it comes
 * @returns how many could not be read
 * @throws UsageError when the file cannot be read or a line is no address
 */
export async function sweep(
  client: IpmiClient,
  login: Omit<BmcOptions, 'host'>,
  file: string | undefined,
  tell: (reading: Reading) => void,
): Promise<number> {
  if (file === undefined) throw new UsageError('sweep FILE: name a file with one BMC on each line');
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`sweep: ${error.message}`);
  });
  const lines = text.split('\n').map((line) => line.trim());
  const targets = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const addresses = targets.map(parseTarget);
  let next = 0;
  let failed = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < targets.length; index = next++) {
      const bmc = client.bmc({ ...login, ...(addresses[index] ?? { host: '' }) });
      const reading = await bmc.getChassisStatus().then(
        ({ powerOn }) => ({ power: powerOn ? ('on' as const) : ('off' as const), error: null }),
        (error: Error) => ({ power: null, error: error.message }),
      );
      if (reading.error !== null) failed += 1;
      tell({ bmc: targets[index] ?? '', ...reading });
      await bmc.close();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return failed;
}
