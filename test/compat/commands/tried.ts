import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Baremetal } from '../support/baremetal.ts';
import { installClients } from '../support/session.ts';

/** The `baremetal` command, with a note of what it was asked. */
export interface NotedBaremetal extends Baremetal {
  /** Commands of the client that did what they are for, or were refused as the test expected. */
  readonly tried: ReadonlySet<string>;
  /** Runs a command that must be refused with these words on stderr. */
  refused(reason: RegExp, ...words: string[]): Promise<void>;
}

/** All commands that the installed client has, by its entry points. */
export function allCommands(): string[] {
  const program = fileURLToPath(new URL('../baremetal-commands.py', import.meta.url));
  const out = execFileSync(`${installClients()}/bin/python`, [program], { encoding: 'utf8' });
  return out.trim().split('\n');
}

/** Notes each command that succeeds. */
export function noteCommands(baremetal: Baremetal, commands: readonly string[]): NotedBaremetal {
  const tried = new Set<string>();
  const longestFirst = commands.toSorted((a, b) => b.length - a.length);
  const note = (words: readonly string[]) => {
    const line = `${words.join(' ')} `;
    const command = longestFirst.find((name) => line.startsWith(`${name} `));
    if (command === undefined) throw new Error(`the client has no command "${line}"`);
    tried.add(command);
  };
  return {
    ...baremetal,
    tried,
    async run(...words) {
      const out = await baremetal.run(...words);
      note(words);
      return out;
    },
    async json<T>(...words: string[]) {
      const value = await baremetal.json<T>(...words);
      note(words);
      return value;
    },
    async refused(reason, ...words) {
      const { code, err } = await baremetal.attempt(...words);
      if (code === 0 || !reason.test(err)) throw new Error(`${words.join(' ')} ended with ${code}: ${err}`);
      note(words);
    },
  };
}
