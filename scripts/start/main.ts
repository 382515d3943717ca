/** `npm start`: everything on this machine by one command, and a journey to watch. See `--help`. */
import { join } from 'node:path';
import { beginAnew } from './begin-anew.ts';
import { onlyOne } from './only-one.ts';
import { openFolder } from './open-folder.ts';
import { setUp } from '../setup/setup.ts';
import { freePort } from '../stack/ports.ts';
import { startStack } from '../stack/stack.ts';
import { stateFolder } from '../stack/state-folder.ts';
import { ApiClient } from './api-client.ts';
import { Display } from './display.ts';
import { fakeJourney } from './fake.ts';
import { bringUpLab } from './lab.ts';
import { readOptions, USAGE, type StartOptions } from './options.ts';
import type { Scene } from './scene.ts';
import { showProcesses } from './processes.ts';
import { FAKE_TRIES, goodbye, STILL_UP, whatNext } from './what-next.ts';

const PORTS = { api: 6385, temporal: 7233, ui: 8233, vnc: 6090 };

let release: () => Promise<void> = () => Promise.resolve();

// What still waits for a signal must not keep a finished run alive.
process.exit(await main(readOptionsOrExit()));

async function main(options: StartOptions): Promise<number> {
  if (options.help) return tell(USAGE);
  const display = new Display(process.stdout);
  const stop = stopSignal();
  let scene: Scene | undefined;
  try {
    display.heading('Set-up');
    scene = await build(options, display);
    showProcesses(scene.stack, display);
    if (stop.aborted) return await shut(scene, display, options);
    const opened = options.journey ? await untilStopped(scene.journey(), stop) : [];
    display.close();
    if (opened !== undefined && !options.once)
      tell(whatNext({ stack: scene.stack, opened, tries: options.journey ? scene.tries : [] }));
    if (!options.once) await new Promise<void>((resolve) => onAbort(stop, resolve));
    return await shut(scene, display, options);
  } catch (error) {
    display.close();
    console.error(`\n✘ ${error instanceof Error ? error.message : String(error)}`);
    if (scene === undefined) {
      await release();
      return 1;
    }
    if (!options.once) {
      tell(STILL_UP);
      await new Promise<void>((resolve) => onAbort(stop, resolve));
    }
    await shut(scene, display, options);
    return 1;
  }
}

async function build(options: StartOptions, display: Display): Promise<Scene> {
  const say = (text: string) => display.line(`  ${text}`);
  const folder = await stateFolder();
  release = await onlyOne(folder);
  const databaseUrl = process.env['DATABASE_URL'];
  if (options.anew) say(await beginAnew(folder, options, databaseUrl));
  const { temporalCli } = await setUp(options.fake === undefined ? 'lab' : 'fake', say);
  const ports = {
    api: await freePort(PORTS.api),
    temporal: await freePort(PORTS.temporal),
    ui: await freePort(PORTS.ui),
    vnc: await freePort(PORTS.vnc),
  };
  for (const [name, port] of Object.entries(ports))
    if (port !== PORTS[name as keyof typeof PORTS])
      say(`Port ${PORTS[name as keyof typeof PORTS]} is taken: ${name} gets ${port}.`);
  const track = display.track('services');
  const base = {
    temporalCli,
    ports,
    say: (part: string) => {
      track.detail(part);
    },
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  };
  if (options.fake === undefined) return await bringUpLab({ options, base, folder, display, track });
  track.begin('starting', 12);
  const stack = await startStack({ ...base, folder: await openFolder(join(folder, 'fake')) });
  track.done('PostgreSQL, Temporal, api, worker');
  const fake = options.fake;
  return {
    stack,
    async journey() {
      display.heading('Journey');
      await fakeJourney(new ApiClient(stack.apiUrl), fake, display);
      return [];
    },
    tries: FAKE_TRIES,
    close: () => Promise.resolve(),
    after: () => Promise.resolve(),
  };
}

async function shut(scene: Scene, display: Display, options: StartOptions): Promise<number> {
  display.close();
  tell('\nStopping; what runs in Temporal goes on at the next start …');
  await scene.close();
  await scene.stack.stop();
  await scene.after();
  await release();
  return tell(goodbye(options));
}

function tell(text: string): 0 {
  console.log(text);
  return 0;
}

function readOptionsOrExit(): StartOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

/** The first Ctrl-C (or SIGTERM) stops in order; a second one ends at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  return controller.signal;
}

function onAbort(signal: AbortSignal, act: () => void): void {
  // An abort listener alone doesn't keep the process alive.
  const alive = setInterval(() => {}, 60_000);
  const end = () => {
    clearInterval(alive);
    act();
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
}

async function untilStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T | undefined> {
  return await Promise.race([work, new Promise<undefined>((resolve) => onAbort(stop, () => resolve(undefined)))]);
}
