import { NAME_PREFIX } from './layout.ts';
import { LabError } from './errors.ts';
import { run, succeeds } from './run.ts';
import type { LabState } from './state.ts';

/** What of a lab tells where its commands run. */
export type LabPlace = Pick<LabState, 'mode' | 'namespace' | 'directory' | 'processes'>;

/**
 * The words before a command that make it run where the lab's namespaces are: none as root; for a
 * rootless lab, entry into the user namespace that its keeper holds.
 */
export const enterLab = (lab: LabPlace): string[] => {
  if (lab.mode === 'root') return [];
  const keeper = lab.processes['keeper'];
  if (keeper === undefined) throw new LabError('The rootless lab has no keeper process; run lab:up again.');
  return ['nsenter', '-t', String(keeper.pid), '-U', '-m', '-n', '--preserve-credentials'];
};

/** The command that runs `argv` inside a namespace of the lab (default: the one with switch, BMCs and services). */
export const inNamespace = (lab: LabPlace, argv: readonly string[], namespace: string = lab.namespace): string[] => [
  ...enterLab(lab),
  'ip',
  'netns',
  'exec',
  namespace,
  ...argv,
];

/** Runs a program where the lab's namespaces are. */
export const runInLab = async (lab: LabPlace, argv: readonly string[]): Promise<string> => {
  const [program = '', ...args] = [...enterLab(lab), ...argv];
  return run(program, args);
};

/** Runs a program inside a namespace of the lab. */
export const runInNamespace = async (lab: LabPlace, argv: readonly string[], namespace?: string): Promise<string> => {
  const [program = '', ...args] = inNamespace(lab, argv, namespace);
  return run(program, args);
};

/** `ip -n <namespace> …`. */
export const ipIn = async (lab: LabPlace, namespace: string, ...args: string[]): Promise<string> =>
  runInLab(lab, ['ip', '-n', namespace, ...args]);

/** True when the command exits with 0 in the lab. */
export const holdsInLab = async (lab: LabPlace, argv: readonly string[]): Promise<boolean> => {
  const [program = '', ...args] = [...enterLab(lab), ...argv];
  return succeeds(program, args);
};

interface Link {
  readonly ifname: string;
  readonly ifalias?: string;
  readonly flags: readonly string[];
}

const linksIn = async (lab: LabPlace, namespace: string): Promise<Link[]> =>
  JSON.parse(await ipIn(lab, namespace, '-j', 'link', 'show')) as Link[];

/** The mark that a namespace of this lab carries as the alias of its loopback interface. */
const markOf = (lab: LabPlace): string => `anneal-lab ${lab.directory}`;

const namespaceExists = async (lab: LabPlace, namespace: string): Promise<boolean> => {
  const listed = JSON.parse((await runInLab(lab, ['ip', '-j', 'netns', 'list'])) || '[]') as { name: string }[];
  return listed.some((entry) => entry.name === namespace);
};

const mark = async (lab: LabPlace, namespace: string): Promise<void> => {
  await ipIn(lab, namespace, 'link', 'set', 'dev', 'lo', 'up', 'alias', markOf(lab));
};

/**
 * Marks a namespace that was made a moment before a crash: nothing but a loopback that is down.
 * @throws LabError when the namespace exists and isn't this lab's.
 */
const refuseForeign = async (lab: LabPlace, namespace: string): Promise<void> => {
  const links = await linksIn(lab, namespace);
  const loopback = links.find((link) => link.ifname === 'lo');
  if (loopback?.ifalias === markOf(lab)) return;
  const untouched = links.length === 1 && loopback?.ifalias === undefined && !loopback?.flags.includes('UP');
  if (untouched) return mark(lab, namespace);
  throw new LabError(
    `The network namespace ${namespace} exists but belongs to ${loopback?.ifalias ?? 'somebody else'}, not to ${lab.directory}. ` +
      'Take down that lab, or choose another --name.',
  );
};

/** Makes a namespace and marks it as this lab's; keeps one that carries the mark. */
export const ensureNamespace = async (lab: LabPlace, namespace: string): Promise<void> => {
  if (!namespace.startsWith(`${NAME_PREFIX}-`)) throw new LabError(`${namespace} isn't a name of a lab's namespace.`);
  if (await namespaceExists(lab, namespace)) return refuseForeign(lab, namespace);
  await runInLab(lab, ['ip', 'netns', 'add', namespace]);
  return mark(lab, namespace);
};

/** Removes a namespace of this lab; one without the mark is refused. */
export const removeNamespace = async (lab: LabPlace, namespace: string): Promise<void> => {
  if (!(await namespaceExists(lab, namespace))) return;
  await refuseForeign(lab, namespace);
  await runInLab(lab, ['ip', 'netns', 'delete', namespace]);
};

/** Ids of the processes inside a namespace of this lab; empty when it isn't there. */
export const processesIn = async (lab: LabPlace, namespace: string): Promise<number[]> => {
  if (!(await namespaceExists(lab, namespace))) return [];
  await refuseForeign(lab, namespace);
  const listed = await runInLab(lab, ['ip', 'netns', 'pids', namespace]);
  return listed
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
};
