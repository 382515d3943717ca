import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { SerialPort, type SerialPortSettings } from '../../../worker/serial-port.ts';
import { freePorts } from '../../../scripts/stack/ports.ts';
import { readTcp } from '../../support/tcp-reader.ts';
import { until } from '../../support/until.ts';

describe('a serial port over TCP', () => {
  let machines: PassThrough[];
  let serial: SerialPort | undefined;
  beforeEach(() => (machines = []));
  afterEach(async () => await serial?.close());

  /** A machine that echoes what is typed. */
  const attach = () => {
    const machine = new PassThrough();
    machines.push(machine);
    return Promise.resolve(machine);
  };
  const serve = async (settings: Partial<SerialPortSettings> = {}): Promise<string> => {
    const [port = 0] = await freePorts(1);
    serial = new SerialPort({ attach, idleMs: 0, failed: () => {}, firstPauseMs: 5, ...settings });
    await serial.listen('127.0.0.1', port);
    return `tcp://127.0.0.1:${port}`;
  };
  const last = (): PassThrough => machines.at(-1) ?? assert.fail('no machine is attached');
  const detached = async () => {
    await until('an end of the console', () => last().destroyed, { everyMs: 5 });
  };

  it('shows all readers the same, and all may type', async () => {
    const url = await serve();
    const [first, second] = [await readTcp(url), await readTcp(url)];
    first.type('one ');
    await Promise.all([first.sees(/one /), second.sees(/one /)]);
    second.type('two');
    await Promise.all([first.sees(/one two/), second.sees(/one two/)]);
    assert.equal(machines.length, 1);
    await Promise.all([first.leave(), second.leave()]);
  });

  it('holds the machine’s console only while somebody reads', async () => {
    const url = await serve();
    await sleep(20);
    assert.equal(machines.length, 0);
    for (const count of [1, 2]) {
      const reader = await readTcp(url);
      reader.type('x');
      await reader.sees(/x/);
      assert.equal(machines.length, count);
      await reader.leave();
      await detached();
    }
  });

  it('attaches again when the machine’s console is gone, and the readers stay', async () => {
    const reader = await readTcp(await serve());
    reader.type('before');
    await reader.sees(/before/);
    last().destroy(new Error('the BMC restarts'));
    await until('a second console', () => machines.length === 2, { everyMs: 5 });
    reader.type(' after');
    await reader.sees(/before after/);
    await reader.leave();
  });

  it('tells readers once that the console cannot be had, and goes on trying', async () => {
    let refusals = 3;
    const failed: unknown[] = [];
    const url = await serve({
      attach: () => (refusals-- > 0 ? Promise.reject(new Error('busy')) : attach()),
      failed: (error) => failed.push(error),
    });
    const reader = await readTcp(url);
    await reader.sees(/^\r\n\[Anneal: the console of the machine cannot be had now; it is tried again\]\r\n$/);
    await until('a console', () => machines.length > 0, { everyMs: 5 });
    assert.equal(failed.length, 3);
    await reader.leave();
  });

  it('sends the ninth reader away, and says why', async () => {
    const url = await serve();
    const readers = [];
    for (let count = 0; count < 8; count += 1) readers.push(await readTcp(url));
    readers[0]?.type('x');
    await readers[7]?.sees(/x/);
    const ninth = await readTcp(url);
    await ninth.sees(/\[Anneal: 8 others have this console open\]/);
    await ninth.sentAway();
    await Promise.all(readers.map((reader) => reader.leave()));
  });

  it('sends a reader away after a long silence, and gives the console back', async () => {
    const reader = await readTcp(await serve({ idleMs: 50 }));
    await reader.sees(/nothing was said for long/);
    await reader.sentAway();
    await detached();
  });

  it('closes while it attaches, with readers or without', async () => {
    const url = await serve({
      attach: (signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    });
    const reader = await readTcp(url);
    await sleep(10);
    await serial?.close();
    await reader.sentAway();
    await assert.rejects(readTcp(url), /ECONNREFUSED/);
  });
});
