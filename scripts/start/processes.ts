import type { Stack } from '../stack/stack.ts';
import type { Display } from './display.ts';

/** The processes that a person may kill, as `postgres 101, temporal 102`. */
export function pidsOf({ processes }: Pick<Stack, 'processes'>): string {
  return [...processes].map(([name, { pid }]) => `${name} ${pid() ?? '–'}`).join(', ');
}

/** Says which processes there are, and from now on of each that dies and serves again. */
export function showProcesses(stack: Pick<Stack, 'processes'>, display: Display): void {
  display.line(`  Processes: ${pidsOf(stack)}. Kill any of them (kill -9): it comes back.`);
  for (const [name, managed] of stack.processes)
    managed.onReturn((cause) => display.line(`  ${name} died (${cause}) and is back as process ${managed.pid()}.`));
}
