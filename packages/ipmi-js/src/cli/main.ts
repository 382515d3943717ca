#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { IpmiClient } from '../client/ipmi-client.ts';
import type { BmcOptions } from '../client/options.ts';
import { askPassword } from './password.ts';
import { attachConsole } from './sol.ts';
import { sweep, type Reading } from './sweep.ts';
import { UsageError, VERBS } from './verbs.ts';

const USAGE = `ipmi-js -H HOST [-p PORT] [-U USER] [-C SUITES] [--json] VERB
  [chassis] power status|on|off|cycle|reset|diag|soft     [chassis] bootdev DEVICE [options=efiboot,persistent,clear-cmos]
  sol   sel list|info|clear   sdr   fru   lan   user   mc info|reset warm|cold   raw NETFN CMD [BYTES]
  sweep FILE   power state of every "host[:port]" line of FILE
The password comes from IPMI_PASSWORD or is asked for; it is never an argument.`;

async function credentials(given: {
  user?: string | undefined;
  port?: string | undefined;
  suites?: string | undefined;
}): Promise<Omit<BmcOptions, 'host'>> {
  return {
    username: given.user ?? '',
    password: await askPassword(process.env, process.stdin, process.stderr),
    ...(given.port === undefined ? {} : { port: Number(given.port) }),
    ...(given.suites === undefined ? {} : { cipherSuites: given.suites.split(',').map(Number) }),
  };
}

function sweepLine(reading: Reading, json: boolean): string {
  return json ? JSON.stringify(reading) : `${reading.bmc}\t${reading.power ?? reading.error}`;
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
    if (verb === 'sweep') {
      const failed = await sweep(client, login, rest[0], (reading) => console.log(sweepLine(reading, json)));
      if (failed > 0) process.exitCode = 1;
      return;
    }
    const options = { ...login, host: values.host ?? '' };
    if (verb === 'sol') return await attachConsole(client.bmc(options), process.stdin, process.stdout);
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
