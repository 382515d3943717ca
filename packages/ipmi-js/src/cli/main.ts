#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { IpmiClient } from '../client/ipmi-client.ts';
import type { BmcOptions } from '../client/options.ts';
import { UsageError, VERBS } from './verbs.ts';

const USAGE = `ipmi-js -H HOST [-p PORT] [-U USER] [-C SUITES] [--json] VERB
  [chassis] power status|on|off|cycle|reset|diag|soft     [chassis] bootdev DEVICE [options=efiboot,persistent,clear-cmos]
  sol   sel list|info|clear   sdr   fru   lan   user   mc info|reset warm|cold   raw NETFN CMD [BYTES]
  sweep FILE   power state of every "host[:port]" line of FILE
The password comes from IPMI_PASSWORD or is asked for; it is never an argument.`;

const IN_FLIGHT = 64;
const DETACH = 0x1d;

async function password(): Promise<string> {
  const given = process.env['IPMI_PASSWORD'];
  if (given !== undefined) return given;
  if (!process.stdin.isTTY) throw new UsageError('set IPMI_PASSWORD, or run in a terminal to be asked');
  const prompt = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  process.stderr.write('Password: ');
  try {
    return await prompt.question('');
  } finally {
    prompt.close();
  }
}

/** Joins terminal and console until Ctrl-]. */
async function sol(client: IpmiClient, options: BmcOptions): Promise<void> {
  const stream = await client.bmc(options).openSol();
  process.stderr.write('[serial over LAN; Ctrl-] ends it]\n');
  if (process.stdin.isTTY) process.stdin.setRawMode(true);
  stream.pipe(process.stdout);
  await new Promise<void>((resolve, reject) => {
    stream.on('error', reject);
    process.stdin.on('end', resolve);
    process.stdin.on('data', (data: Buffer) => (data.includes(DETACH) ? resolve() : void stream.write(data)));
  }).finally(() => {
    if (process.stdin.isTTY) process.stdin.setRawMode(false);
    process.stdin.pause();
  });
}

/** Reads the power state of each BMC in a file. */
async function sweep(client: IpmiClient, login: Omit<BmcOptions, 'host'>, file: string, json: boolean): Promise<void> {
  const hosts = (await readFile(file, 'utf8'))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let line = hosts[next++]; line !== undefined; line = hosts[next++]) {
      const [host = '', port = ''] = line.split(':');
      const bmc = client.bmc({ ...login, host, ...(port === '' ? {} : { port: Number(port) }) });
      const state = await bmc.getChassisStatus().then(
        ({ powerOn }) => (powerOn ? 'on' : 'off'),
        (error: Error) => error.message,
      );
      console.log(json ? JSON.stringify({ bmc: line, state }) : `${line}\t${state}`);
      await bmc.close();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

async function credentials(given: {
  user?: string | undefined;
  port?: string | undefined;
  suites?: string | undefined;
}): Promise<Omit<BmcOptions, 'host'>> {
  return {
    username: given.user ?? '',
    password: await password(),
    ...(given.port === undefined ? {} : { port: Number(given.port) }),
    ...(given.suites === undefined ? {} : { cipherSuites: given.suites.split(',').map(Number) }),
  };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      host: { type: 'string', short: 'H' },
      port: { type: 'string', short: 'p' },
      user: { type: 'string', short: 'U' },
      suites: { type: 'string', short: 'C' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const words = positionals[0] === 'chassis' ? positionals.slice(1) : positionals;
  const [verb = '', ...rest] = words;
  const json = values.json ?? false;
  if (values.help === true || verb === '') return console.log(USAGE);
  if (verb !== 'sweep' && values.host === undefined) throw new UsageError(USAGE);
  const login = await credentials(values);
  const client = new IpmiClient();
  try {
    if (verb === 'sweep') return await sweep(client, login, rest[0] ?? '', json);
    const options = { ...login, host: values.host ?? '' };
    if (verb === 'sol') return await sol(client, options);
    const run = VERBS[verb];
    if (run === undefined) throw new UsageError(USAGE);
    const { lines, value } = await run(client.bmc(options), rest);
    console.log(json ? JSON.stringify(value) : lines.join('\n'));
  } finally {
    await client.close();
  }
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
