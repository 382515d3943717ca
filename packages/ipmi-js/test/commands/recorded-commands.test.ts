import assert from 'node:assert/strict';
import { commands } from '../../src/index.ts';
import type { Command } from '../../src/index.ts';
import { MalformedError } from '../../src/codec/bytes.ts';
import { decode, encode } from '../../src/codec/layout.ts';
import type { Codec } from '../../src/codec/layout.ts';
import { openRecording } from '../support/opened-recording.ts';

const nameOf = ({ netFn, cmd }: { netFn: number; cmd: number }): string =>
  [netFn, cmd].map((byte) => byte.toString(16).padStart(2, '0')).join('/');

const COMMANDS = new Map(
  (Object.values(commands) as Command<unknown, unknown>[]).map((command) => [nameOf(command), command]),
);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Reads recorded bytes and writes them again. */
const rewritten = (codec: Codec<unknown>, data: Uint8Array): string => hex(encode(codec, decode(codec, data)));

/** `cut`: answers shorter than the specification allows; ipmi_sim leaves the present countdown out (§27.7). */
const TOURS = [
  { file: 'ipmitool-ipmi-sim-tour', suite: 3, password: 'test', least: 20, cut: new Set(['06/25']) },
  { file: 'ipmitool-goipmi-tour', suite: 17, password: 'ADMIN', least: 12, cut: new Set<string>() },
] as const;

describe('commands recorded between other programs are read and written again byte for byte', () => {
  for (const { file, least, cut, ...login } of TOURS) {
    const { source, exchanges } = openRecording(file, login);
    const names = [...new Set(exchanges.map(nameOf))].filter((name) => COMMANDS.has(name));

    describe(source, () => {
      it(`holds ${least} commands or more`, () => {
        assert.ok(names.length >= least, `${names.length}: ${names.join(' ')}`);
      });

      for (const name of names) {
        const command = COMMANDS.get(name);
        const recorded = exchanges.filter((exchange) => nameOf(exchange) === name);
        it(`${name} ${command?.name}`, () => {
          assert.ok(command);
          for (const { request, response, completionCode } of recorded) {
            assert.equal(rewritten(command.request, request), hex(request));
            if (completionCode !== 0) continue;
            if (cut.has(name)) assert.throws(() => decode(command.response, response), MalformedError);
            else assert.equal(rewritten(command.response, response), hex(response));
          }
        });
      }
    });
  }
});
