import type { Stack } from '../stack/stack.ts';
import { newCommand, type StartOptions } from './options.ts';
import { pidsOf } from './processes.ts';

/** What there is to tell when all is up. */
export interface WhatNext {
  readonly stack: Pick<Stack, 'apiUrl' | 'uiUrl' | 'processes'>;
  /** Addresses that the journey opened, one line each. */
  readonly opened: readonly string[];
  readonly tries: readonly string[];
}

/** What works on fake nodes after their journey, which gave back the first of them. */
export const FAKE_TRIES = [
  'baremetal node deploy fake-001   # and watch it in the Temporal UI',
  'baremetal node undeploy fake-001',
  'baremetal node history list fake-001',
];

/** In .anneal, which git and the tools pass over: the Python of Debian lets pip install into an environment only. */
const CLIENT = '.anneal/client';

/** What a person sees when all is up: where things are and what to try. */
export function whatNext({ stack, opened, tries }: WhatNext): string {
  const { apiUrl, uiUrl } = stack;
  return `
Up and running
  API            ${apiUrl}   (OpenStack Ironic's REST API)
  Temporal UI    ${uiUrl ?? '–'}   (every operation, step by step)
${opened.map((line) => `  ${line}\n`).join('')}
Try
  curl -s ${apiUrl}/v1/nodes | python3 -m json.tool
  python3 -m venv ${CLIENT} && ${CLIENT}/bin/pip install python-ironicclient   # Debian: apt install python3-venv
  export PATH=$PWD/${CLIENT}/bin:$PATH OS_AUTH_TYPE=none OS_ENDPOINT=${apiUrl}
  baremetal node list
${tries.map((command) => `  ${command}\n`).join('')}
Kill anything in the middle: it comes back, and the work goes on where it was.
  kill -9 <pid>    # ${pidsOf(stack)}

Ctrl-C stops; state is kept and the next start is quick.`;
}

/** Said when the journey failed. */
export const STILL_UP =
  'The services are still up, so that you can look (node history, Temporal UI, logs in .anneal). Ctrl-C stops.';

/** The last words. */
export function goodbye(options: StartOptions): string {
  return `Stopped. The next start goes on from here; \`${newCommand(options)}\` begins anew.`;
}
