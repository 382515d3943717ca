import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { BootNetwork } from './config.ts';
import { dnsmasqConfig } from './dnsmasq-config.ts';

/** What the DHCP servers of a boot service need. */
export interface DhcpSettings {
  readonly networks: readonly BootNetwork[];
  readonly stateFolder: string;
  readonly program: string;
  readonly tftpRoot: string;
  readonly httpPort: number;
}

/** The DHCP servers of a boot service, one process for each network. */
export interface DhcpServers {
  /** Process ids by network device; undefined while one is being started again. */
  pids(): Record<string, number | undefined>;
  stop(): Promise<void>;
}

/** The first and the longest wait before a server that died is started again. */
const RESTART_MS = { first: 500, longest: 30_000 };

/** A server that lived this long was well: the next wait is the first again. */
const WELL_AFTER_MS = 30_000;

/** Starts a dnsmasq for each network and keeps it running until `stop`. */
export async function startDhcpServers(settings: DhcpSettings, log: Logger): Promise<DhcpServers> {
  await mkdir(settings.stateFolder, { recursive: true, mode: 0o755 });
  const stopping = new AbortController();
  const servers = await Promise.all(settings.networks.map((network) => startServer(network, settings, log, stopping)));
  return {
    pids: () => Object.fromEntries(servers.map(({ device, pid }) => [device, pid()])),
    async stop() {
      stopping.abort();
      await Promise.all(servers.map(({ stopped }) => stopped));
    },
  };
}

interface Server {
  readonly device: string;
  readonly pid: () => number | undefined;
  readonly stopped: Promise<void>;
}

async function startServer(
  network: BootNetwork,
  settings: DhcpSettings,
  log: Logger,
  stopping: AbortController,
): Promise<Server> {
  const device = network.interface;
  const place = (suffix: string) => resolve(join(settings.stateFolder, `dnsmasq-${device}.${suffix}`));
  const [configFile, pidFile, leaseFile] = [place('conf'), place('pid'), place('leases')] as const;
  await endLeftOver(pidFile, configFile);
  await writeFile(configFile, dnsmasqConfig(network, { ...settings, leaseFile }));
  let child: ChildProcess | undefined;
  const own = log.child({ network: device });
  const run = async () => {
    const flags = [`--conf-file=${configFile}`, '--keep-in-foreground', '--log-facility=-', '--pid-file'];
    child = spawn(settings.program, flags, { stdio: ['ignore', 'ignore', 'pipe'] });
    // Listening begins before anything is awaited: a process may end at once.
    const end = endOf(child, own, stopping.signal);
    if (child.pid !== undefined) await writeFile(pidFile, String(child.pid));
    return end;
  };
  const stopped = keepRunning(run, own, stopping.signal).finally(() => rm(pidFile, { force: true }));
  const pid = () => (child?.exitCode === null && child.signalCode === null ? child.pid : undefined);
  return { device, pid, stopped };
}

/** Runs the server again whenever it ends, until the signal says stop. */
async function keepRunning(run: () => Promise<string>, log: Logger, signal: AbortSignal): Promise<void> {
  let waitMs = RESTART_MS.first;
  while (!signal.aborted) {
    const startedAt = performance.now();
    const end = await run();
    if (signal.aborted) return;
    if (performance.now() - startedAt > WELL_AFTER_MS) waitMs = RESTART_MS.first;
    log.error({ end, waitMs }, 'dnsmasq ended; it is started again');
    await sleep(waitMs, undefined, { signal }).catch(() => {});
    waitMs = Math.min(waitMs * 2, RESTART_MS.longest);
  }
}

/** Waits until the process ends by itself or is told to; says how, with its last words. */
async function endOf(child: ChildProcess, log: Logger, signal: AbortSignal): Promise<string> {
  let lastWords = '';
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lastWords = line;
      log.debug({ line }, 'dnsmasq');
    });
  }
  const stop = () => void endChild(child);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const [code, by] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return `${by === null ? `exit code ${code}` : `killed by ${by}`}${lastWords ? `: ${lastWords}` : ''}`;
  } catch (error) {
    return `could not be started: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function endChild(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await sleep(3000, undefined, { ref: false });
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}

/** Ends the dnsmasq that an earlier boot service left behind when it was killed; nothing else has this pid and our file. */
async function endLeftOver(pidFile: string, configFile: string): Promise<void> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 1) return;
  const isOurs = async () => {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return commandLine.split('\0').includes(`--conf-file=${configFile}`);
  };
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!(await isOurs())) return;
    process.kill(pid, signal);
    for (let waited = 0; waited < 3000 && (await isOurs()); waited += 50) await sleep(50);
  }
}
