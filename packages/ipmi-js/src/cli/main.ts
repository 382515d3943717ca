#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { IpmiClient } from '../client/ipmi-client.ts';
import type { BmcOptions } from '../client/options.ts';
import { askPassword } from './password.ts';
import { attachConsole } from './sol.ts';
import { sweep, type Reading } from './sweep.ts';
import { UsageError, plain } from './verb.ts';
import { VERBS, findVerb, runVerb } from './verbs.ts';

const USAGE = `ipmi-js -H HOST [-p PORT] [-U USER] [-C SUITES] [--json] VERB
${Object.entries(VERBS)
  .map(([words, { takes }]) => `  ${words} ${takes}`.trimEnd())
  .join('\n')}
  sol [activate]   the serial console, until ~. at the beginning of a line
  sweep FILE   power state of every "host[:port]" line of FILE
The password comes from IPMI_PASSWORD or is asked for; it is never an argument.`;

const OPTIONS = {
  host: { type: 'string', short: 'H' },
  port: { type: 'string', short: 'p' },
  user: { type: 'string', short: 'U' },
  suites: { type: 'string', short: 'C' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;
/** Verbs that attach to the serial console. */
const CONSOLE: ReadonlySet<string> = new Set(['sol', 'sol activate']);

/** A command line taken apart. */
interface Order {
  readonly words: readonly string[];
  readonly host: string;
  readonly json: boolean;
}

const secret = (variable: string, prompt: string): Promise<string> =>
  askPassword({ given: process.env[variable], variable, prompt }, process.stdin, process.stderr);

async function credentials(given: {
  user?: string | undefined;
  port?: string | undefined;
  suites?: string | undefined;
}): Promise<Omit<BmcOptions, 'host'>> {
  return {
    username: given.user ?? '',
    password: await secret('IPMI_PASSWORD', 'Password: '),
    ...(given.port === undefined ? {} : { port: Number(given.port) }),
    ...(given.suites === undefined ? {} : { cipherSuites: given.suites.split(',').map(Number) }),
  };
}

function sweepLine(reading: Reading, json: boolean): string {
  return json ? JSON.stringify(reading) : `${reading.bmc}\t${reading.power ?? reading.error}`;
}

/** Does what one command line says with BMCs that it logs in to. */
async function work(client: IpmiClient, login: Omit<BmcOptions, 'host'>, order: Order): Promise<void> {
  const { words, host, json } = order;
  if (words[0] === 'sweep') {
    const failed = await sweep(client, login, words[1], (reading) => console.log(sweepLine(reading, json)));
    if (failed > 0) process.exitCode = 1;
    return;
  }
  const bmc = client.bmc({ ...login, host });
  if (CONSOLE.has(words.join(' '))) return attachConsole(bmc, process.stdin, process.stdout);
  const { lines, value } = await runVerb({ bmc, secret }, words);
  console.log(json ? JSON.stringify(plain(value)) : lines.join('\n'));
}

async function main(): Promise<void> {
  const { values, positionals: words } = parseArgs({ allowPositionals: true, options: OPTIONS });
  if (values.help === true || words.length === 0) return console.log(USAGE);
  if (words[0] !== 'sweep') {
    if (values.host === undefined) throw new UsageError(USAGE);
    // What cannot be understood is said before anybody types a password.
    if (!CONSOLE.has(words.join(' '))) findVerb(words);
  }
  const login = await credentials(values);
  const client = new IpmiClient();
  try {
    await work(client, login, { words, host: values.host ?? '', json: values.json ?? false });
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
