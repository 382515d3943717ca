import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './errors.ts';
import { BRIDGE, OVSDB_PORT } from './layout.ts';
import { inNamespace, runInLab } from './namespaces.ts';
import { run, succeeds } from './run.ts';
import type { LabState, LinkKind } from './state.ts';
import type { LabBuilder } from './supervise.ts';

const SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema';
const START_MS = 20_000;

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const environment = (lab: LabState): NodeJS.ProcessEnv => ({
  OVS_RUNDIR: lab.socketDirectory,
  OVS_LOGDIR: join(lab.directory, 'log'),
  OVS_DBDIR: lab.directory,
  OVS_SYSCONFDIR: lab.directory,
});

/** Runs ovs-vsctl on the lab's switch; it waits until the switch has applied the change. */
export const vsctl = async (lab: LabState, ...args: string[]): Promise<string> =>
  runInLab(lab, ['ovs-vsctl', `--db=unix:${lab.switch.ovsdbSocket}`, '--timeout=30', ...args]);

const waitForDatabase = async (lab: LabState): Promise<void> => {
  for (const deadline = Date.now() + START_MS; Date.now() < deadline;) {
    if (await succeeds('ovs-vsctl', [`--db=unix:${lab.switch.ovsdbSocket}`, '--no-wait', '--timeout=2', 'show']))
      return;
    await sleep(100);
  }
  throw new LabError(`ovsdb-server doesn't answer at ${lab.switch.ovsdbSocket}; see log/ovsdb-server.log of the lab.`);
};

const startDatabase = async (builder: LabBuilder): Promise<void> => {
  const lab = builder.state;
  const database = join(lab.directory, 'ovs.db');
  if (!(await exists(database))) await run('ovsdb-tool', ['create', database, SCHEMA]);
  const argv = [
    'ovsdb-server',
    database,
    `--remote=punix:${lab.switch.ovsdbSocket}`,
    `--remote=ptcp:${OVSDB_PORT}:127.0.0.1`,
    `--unixctl=${join(lab.socketDirectory, 'ovsdb.ctl')}`,
    '-vconsole:warn',
  ];
  await builder.ensureProcess('ovsdb-server', inNamespace(lab, argv), environment(lab));
  await waitForDatabase(builder.state);
};

/**
 * The userspace datapath by its usual name makes a tap for its local port. Where taps can't be made,
 * its test variant does the same work with a local port that is nothing but a name.
 */
const DATAPATHS: Readonly<Record<LinkKind, { readonly type: string; readonly flags: readonly string[] }>> = {
  tap: { type: 'netdev', flags: [] },
  veth: { type: 'dummy', flags: ['--enable-dummy'] },
};

/** The switch answers also when it couldn't make the bridge; what went wrong stands at the port. */
const checkBridge = async (lab: LabState): Promise<void> => {
  const error = (await vsctl(lab, 'get', 'interface', BRIDGE, 'error')).trim();
  if (error !== '[]') throw new LabError(`Open vSwitch couldn't make the bridge ${BRIDGE}: ${error}`);
};

/**
 * Starts the lab's own Open vSwitch (userspace datapath: no kernel module) with one bridge.
 * The database is kept, so ports and VLANs survive a restart of the switch.
 */
export const ensureSwitch = async (builder: LabBuilder): Promise<void> => {
  await startDatabase(builder);
  const lab = builder.state;
  await vsctl(lab, '--no-wait', 'init');
  const { type, flags } = DATAPATHS[lab.links];
  const argv = [
    'ovs-vswitchd',
    ...flags,
    `unix:${lab.switch.ovsdbSocket}`,
    `--unixctl=${join(lab.socketDirectory, 'vswitchd.ctl')}`,
    '-vconsole:warn',
  ];
  await builder.ensureProcess('ovs-vswitchd', inNamespace(lab, argv), environment(lab));
  const settings = [`datapath_type=${type}`, 'fail_mode=standalone', `other-config:hwaddr="${lab.switch.switchId}"`];
  await vsctl(lab, '--may-exist', 'add-br', BRIDGE, '--', 'set', 'bridge', BRIDGE, ...settings);
  await checkBridge(lab);
};

/** Adds a port with the VLAN tag it starts with; a port that is there keeps its tag. */
export const ensurePort = async (
  lab: LabState,
  port: string,
  vlan: number,
  type: 'internal' | 'system',
): Promise<void> => {
  const known = (await vsctl(lab, 'list-ports', BRIDGE)).split('\n').includes(port);
  if (known) return;
  await vsctl(lab, 'add-port', BRIDGE, port, `tag=${vlan}`, '--', 'set', 'interface', port, `type=${type}`);
};
