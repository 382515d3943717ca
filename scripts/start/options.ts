import { parseArgs } from 'node:util';

/** What `npm start` was asked for. */
export interface StartOptions {
  /** Number of fake-hardware nodes; undefined for the lab. */
  readonly fake: number | undefined;
  /** Machines of the lab. */
  readonly nodes: number;
  readonly labName: string;
  /** Brings everything up and leaves the machines alone. */
  readonly journey: boolean;
  /** Throws away first what earlier starts left: the lab with its machines, PostgreSQL, Temporal. */
  readonly anew: boolean;
  /** Ends after the journey instead of staying up. */
  readonly once: boolean;
  readonly help: boolean;
}

const DEFAULTS = { nodes: 2, labName: 'lab' };

/** What `npm start -- --help` prints. */
export const USAGE = `npm start -- [options]

  --fake N       N nodes of fake hardware instead of QEMU machines
  --nodes N      machines of the lab (default 2; all but the last are given back at the end)
  --name X       name of the lab (default lab)
  --no-journey   bring everything up, start no operation
  --new          begin anew: throws away the lab's machines, or the fake nodes, and the database of earlier starts
  --once         end after the journey; the exit code tells whether it succeeded
  --help         this text

Environment: DATABASE_URL (a PostgreSQL of your own), ANNEAL_TEMPORAL_CLI, ANNEAL_CACHE.`;

/** Reads the command line. @throws Error that names what does not fit */
export function readOptions(args: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      fake: { type: 'string' },
      nodes: { type: 'string', default: String(DEFAULTS.nodes) },
      name: { type: 'string', default: DEFAULTS.labName },
      'no-journey': { type: 'boolean', default: false },
      new: { type: 'boolean', default: false },
      once: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    fake: values.fake === undefined ? undefined : count('--fake', values.fake, 1000),
    nodes: count('--nodes', values.nodes, 20),
    labName: values.name,
    journey: !values['no-journey'],
    anew: values.new,
    once: values.once,
    help: values.help,
  };
}

/** The command that begins anew what such a start goes on with. */
export function newCommand({ fake, nodes, labName }: Pick<StartOptions, 'fake' | 'nodes' | 'labName'>): string {
  const lab = [
    labName === DEFAULTS.labName ? '' : `--name ${labName} `,
    nodes === DEFAULTS.nodes ? '' : `--nodes ${nodes} `,
  ];
  return `npm start -- ${fake === undefined ? lab.join('') : `--fake ${fake} `}--new`;
}

function count(flag: string, word: string, most: number): number {
  const number = Number(word);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new Error(`${flag} takes a whole number from 1 to ${most}, not "${word}".`);
}
