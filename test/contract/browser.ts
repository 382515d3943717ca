import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../scripts/stack/ports.ts';
import { until } from '../support/until.ts';

/** Chromium without a window, driven by WebDriver (W3C WebDriver §8, §10, §13). */
export interface Browser {
  /** Opens a page. */
  open(url: string): Promise<void>;
  /** What a function body gives in the page. */
  evaluate(body: string): Promise<unknown>;
  /** Presses and lets go of a key. */
  press(key: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts Debian's chromedriver and a browser; both end with `close`. */
export async function startBrowser(): Promise<Browser> {
  const [port = 0] = await freePorts(1);
  const folder = await mkdtemp(join(tmpdir(), 'anneal-browser-'));
  const driver = spawn('chromedriver', [`--port=${port}`], { stdio: 'ignore' });
  // One that can't be started is told of by its not answering.
  const gone = once(driver, 'exit').catch(() => {});
  const end = async () => {
    driver.kill();
    await gone;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    return await openBrowser(`http://127.0.0.1:${port}`, folder, end);
  } catch (error) {
    await end();
    throw error;
  }
}

async function openBrowser(base: string, folder: string, end: () => Promise<void>): Promise<Browser> {
  await untilReady(base);
  // Root has no sandbox; /dev/shm may be small in a container.
  const args = ['--headless=new', '--no-sandbox', '--disable-dev-shm-usage', `--user-data-dir=${folder}`];
  const wanted = { capabilities: { alwaysMatch: { browserName: 'chrome', 'goog:chromeOptions': { args } } } };
  const { sessionId } = (await command(`${base}/session`, wanted)) as { sessionId: string };
  const session = `${base}/session/${sessionId}`;
  return {
    open: async (url) => void (await command(`${session}/url`, { url })),
    evaluate: (script) => command(`${session}/execute/sync`, { script, args: [] }),
    async press(key) {
      const actions = ['keyDown', 'keyUp'].map((type) => ({ type, value: key }));
      await command(`${session}/actions`, { actions: [{ type: 'key', id: 'keyboard', actions }] });
    },
    async close() {
      await fetch(session, { method: 'DELETE' });
      await end();
    },
  };
}

async function untilReady(base: string): Promise<void> {
  const what = `chromedriver's answer on ${base}: is Debian's chromium-driver installed?`;
  await until(what, async () => (await fetch(`${base}/status`).catch(() => undefined))?.ok);
}

async function command(url: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const { value } = (await answer.json()) as { value: unknown };
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${JSON.stringify(value).slice(0, 500)}`);
  return value;
}
