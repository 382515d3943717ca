import { pino } from 'pino';
import { closeConsoleSession, getConsoleToken, openConsoleSession } from '../../db/device-changes.ts';
import { createDrivers } from '../../drivers/hardware-types.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import { startVncProxy } from '../../worker/vnc-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { insertTestNode } from '../unit/drivers/a-node.ts';
import { startBrowser, type Browser } from './browser.ts';
import { until } from '../support/until.ts';

const STATUS = `return document.getElementById('status').textContent`;
/** The size of noVNC's canvas, and its first pixel: red, green, blue. */
const SCREEN = `const canvas = document.querySelector('#screen canvas');
  return [canvas.width, canvas.height, ...canvas.getContext('2d').getImageData(0, 0, 1, 1).data.slice(0, 3)];`;
const WHITE = [255, 255, 255];
const YELLOW = [255, 255, 0];

describe('graphical consoles in Chromium', function () {
  this.timeout(90_000);
  let database: TestDatabase;
  let browser: Browser;
  let stop: () => Promise<void>;
  let port: number;
  before(async () => {
    database = await createTestDatabase();
    [port = 0] = await freePorts(1);
    const log = pino({ level: 'silent' });
    const parts = { db: database.pool, drivers: createDrivers({ db: database.pool, log }), log, site: '' };
    stop = await startVncProxy(parts, { address: '127.0.0.1', port, checkMs: 50 });
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.close();
    await stop?.();
    await database?.close();
  });

  it('shows the screen, takes keys, and says when the console was switched off', async () => {
    const { uuid } = await insertTestNode(database.pool, { name: 'on-screen' });
    await openConsoleSession(database.pool, uuid, 60);
    const token = await getConsoleToken(database.pool, uuid);
    const path = encodeURIComponent(`websockify?token=${token}`);
    await browser.open(`http://127.0.0.1:${port}/vnc_lite.html?title=on-screen&path=${path}`);
    await untilIs(STATUS, 'on-screen: connected');
    await untilIs(SCREEN, [640, 400, ...WHITE]);
    await browser.press('a');
    await untilIs(SCREEN, [640, 400, ...YELLOW]);
    await closeConsoleSession(database.pool, uuid);
    await untilIs(STATUS, 'on-screen: not connected; the link may be too old');
  });

  async function untilIs(script: string, wanted: unknown): Promise<void> {
    let seen = '';
    await until(
      () => `${JSON.stringify(wanted)} but ${seen}`,
      async () => {
        seen = JSON.stringify(await browser.evaluate(script).catch(String));
        return seen === JSON.stringify(wanted);
      },
    );
  }
});
