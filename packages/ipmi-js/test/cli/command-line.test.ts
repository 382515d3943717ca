import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { EscapeReader } from '../../src/cli/sol.ts';
import { parseTarget } from '../../src/cli/sweep.ts';
import { UsageError } from '../../src/cli/verb.ts';
import { VirtualBmc } from '../../src/server/index.ts';
import { ipmiJs, onTerminal } from '../support/command-line.ts';
import { aMachine, aPair } from '../support/pair.ts';
import type { Pair } from '../support/pair.ts';

describe('the ipmi-js command', function () {
  this.timeout(90_000);
  let pair: Pair | undefined;
  const address = () => ['-H', '127.0.0.1', '-p', String(pair?.server.address.port), '-U', 'admin'];
  afterEach(async () => {
    await pair?.stop();
    pair = undefined;
  });

  it('takes the password from the environment, and answers as JSON when asked', async () => {
    pair = await aPair();
    const { code, out } = await ipmiJs([...address(), '--json', 'power', 'status'], { IPMI_PASSWORD: 'secret' });
    assert.deepEqual([code, JSON.parse(out)], [0, { powerOn: false }]);
  });

  it('says what is wrong, by exit code too, and never the password', async () => {
    pair = await aPair();
    const none = await ipmiJs([...address(), 'power', 'status']);
    assert.deepEqual([none.code, none.err.trim()], [2, 'set IPMI_PASSWORD, or run in a terminal to be asked']);
    const wrong = await ipmiJs([...address(), 'power', 'status'], { IPMI_PASSWORD: 'not-it-9Xk2' });
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, /check the password/);
    assert.ok(!(wrong.out + wrong.err).includes('not-it-9Xk2'));
    const verb = await ipmiJs([...address(), 'dance'], { IPMI_PASSWORD: 'secret' });
    assert.equal(verb.code, 2);
  });

  it('asks for the password on a terminal and does not show it', async () => {
    pair = await aPair();
    const asked = [{ when: 'Password: ', type: 'secrex\u007ft\r' }];
    const { screen, code } = await onTerminal([...address(), 'power', 'status'], asked);
    assert.equal(code, 0, screen);
    assert.match(screen, /Password: \r\nChassis Power is off/);
    assert.ok(!screen.includes('secre'), screen);
  });

  it('attaches to the serial console: types, sends a break, and ends by ~.', async () => {
    const consoles: PassThrough[] = [];
    const typed: string[] = [];
    let breaks = 0;
    const machine = () => {
      const line = new PassThrough();
      // Whatever is typed comes back in capitals: a machine that answers, not an echo.
      line._write = (chunk: Buffer, _encoding, done) => {
        typed.push(chunk.toString());
        line.push(chunk.toString().toUpperCase());
        done();
      };
      consoles.push(line);
      setImmediate(() => line.push('machine ready\r\n'));
      return line;
    };
    pair = await aPair({ console: machine, onBreak: () => void (breaks += 1) });
    const { screen, code, left } = await onTerminal(
      [...address(), 'sol'],
      [
        { when: 'Password: ', type: 'secret\r' },
        { when: 'machine ready', type: 'hello~\r' },
        { when: 'HELLO~', type: '~B' },
        { when: 'HELLO~', type: 'x\r~.' },
      ],
    );
    assert.deepEqual([code, left], [0, 0], screen);
    assert.match(screen, /machine ready[^]*HELLO~/);
    assert.equal(breaks, 1);
    assert.equal(typed.join(''), 'hello~\rx\r');
  });

  it('sweeps a file of BMCs, tells those that do not answer, and fails then', async () => {
    pair = await aPair();
    const on = new VirtualBmc({
      port: 0,
      users: [{ name: 'admin', password: 'secret' }],
      chassis: { ...aMachine(), getPower: () => 'on' },
    });
    await on.start();
    const folder = await mkdtemp(join(tmpdir(), 'ipmi-js-'));
    const file = join(folder, 'bmcs');
    const [first, second] = [`127.0.0.1:${pair.server.address.port}`, `127.0.0.1:${on.address.port}`];
    try {
      await writeFile(file, `# rack 3\n${first}\n\n${second}\n`);
      const env = { IPMI_PASSWORD: 'secret' };
      const good = await ipmiJs(['-U', 'admin', 'sweep', file], env);
      assert.deepEqual(
        [good.code, good.out.trim().split('\n').toSorted()],
        [0, [`${first}\toff`, `${second}\ton`].toSorted()],
      );
      on.faults.noSessions = true;
      await writeFile(file, `${first}\nnobody.invalid\n`);
      const bad = await ipmiJs(['-U', 'admin', '--json', 'sweep', file], env);
      assert.equal(bad.code, 1);
      const readings = bad.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { bmc: string; power: string | null; error: string | null });
      assert.equal(readings.find(({ bmc }) => bmc === first)?.power, 'off');
      assert.match(readings.find(({ bmc }) => bmc === 'nobody.invalid')?.error ?? '', /nobody\.invalid/);
      const missing = await ipmiJs(['sweep', join(folder, 'none')], env);
      assert.equal(missing.code, 2);
      assert.match(missing.err, /no such file/);
    } finally {
      await on.stop();
      await rm(folder, { recursive: true });
    }
  });
});

describe('parseTarget', () => {
  it('reads hosts, ports and IPv6 addresses, and refuses the rest', () => {
    assert.deepEqual(parseTarget('rack3-u12'), { host: 'rack3-u12' });
    assert.deepEqual(parseTarget('192.0.2.7:6230'), { host: '192.0.2.7', port: 6230 });
    assert.deepEqual(parseTarget('[2001:db8::7]:623'), { host: '2001:db8::7', port: 623 });
    assert.deepEqual(parseTarget('2001:db8::7'), { host: '2001:db8::7' });
    for (const line of ['host:port', ':623', '[::1', 'a:b:c']) assert.throws(() => parseTarget(line), UsageError, line);
  });
});

describe('EscapeReader', () => {
  const read = (...parts: string[]) => {
    const reader = new EscapeReader();
    return parts
      .flatMap((part) => reader.read(Buffer.from(part)))
      .map((typed) => ('order' in typed ? typed.order : typed.send.toString()));
  };

  it('finds escapes at the beginning of a line, cut anywhere', () => {
    assert.deepEqual(read('~.'), ['end']);
    assert.deepEqual(read('ls\r~', 'B'), ['ls\r', 'break']);
    assert.deepEqual(read('~?~.'), ['help', 'end']);
    assert.deepEqual(read('~', '~', 'x'), ['~', 'x']);
  });

  it('leaves a tilde alone in the middle of a line, and one that escapes nothing', () => {
    assert.deepEqual(read('cd ~.\r'), ['cd ~.\r']);
    assert.deepEqual(read('~x'), ['~x']);
  });
});
