import assert from 'node:assert/strict';
import fc from 'fast-check';
import { commands } from '../../src/index.ts';
import type { Command } from '../../src/index.ts';
import { MalformedError } from '../../src/codec/bytes.ts';
import { decode, encode } from '../../src/codec/layout.ts';
import type { Codec } from '../../src/codec/layout.ts';

const ALL = Object.entries(commands) as [string, Command<unknown, unknown>][];
const LONG = 64;

/** Shortest message that a codec takes. */
function shortest(codec: Codec<unknown>): number {
  for (let length = 0; length <= LONG; length++) {
    try {
      decode(codec, new Uint8Array(length));
      return length;
    } catch (error) {
      assert.ok(error instanceof MalformedError, String(error));
    }
  }
  throw new Error('takes no zeroes');
}

/** Decoding, encoding and decoding again gives the same value. */
function comesBack(codec: Codec<unknown>, data: Uint8Array): void {
  const value = decode(codec, data);
  assert.deepEqual(decode(codec, encode(codec, value)), value);
}

describe('every command', () => {
  it('has an identity of its own', () => {
    const identities = ALL.map(([, { netFn, cmd }]) => `${netFn}/${cmd}`);
    assert.equal(new Set(identities).size, identities.length);
    assert.ok(ALL.length > 90, `${ALL.length} commands`);
  });

  for (const [name, command] of ALL) {
    for (const [direction, codec] of [
      ['request', command.request],
      ['response', command.response],
    ] as const) {
      it(`${name}: the ${direction} comes back from any bytes`, () => {
        const least = shortest(codec);
        fc.assert(
          fc.property(fc.uint8Array({ minLength: least, maxLength: LONG }), (data) => {
            try {
              comesBack(codec, data);
            } catch (error) {
              // A cut optional part is refused, never misread.
              assert.ok(error instanceof MalformedError, String(error));
            }
          }),
          { numRuns: 60 },
        );
      });

      it(`${name}: the ${direction} takes AAh and 55h and refuses every cut`, () => {
        const least = shortest(codec);
        comesBack(codec, new Uint8Array(LONG).fill(0xaa));
        comesBack(codec, new Uint8Array(LONG).fill(0x55));
        for (let length = 0; length < least; length++) {
          assert.throws(() => decode(codec, new Uint8Array(length)), MalformedError);
        }
      });
    }
  }
});

describe('known bytes', () => {
  // From ipmitool 1.8.19 and the tables of IPMI v2.0; least lengths are the mandatory bytes.
  const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');

  it('reads Get Chassis Status', () => {
    const status = decode(commands.getChassisStatus.response, Buffer.from('61104070', 'hex'));
    assert.equal(status.powerOn, true);
    assert.equal(status.restorePolicy, 'unknown');
    assert.equal(status.lastOnByIpmi, true);
    assert.equal(status.identifySupported, true);
    assert.equal(status.resetDisableAllowed, true);
    assert.equal(shortest(commands.getChassisStatus.response), 3);
  });

  it('writes each Chassis Control action', () => {
    const byte = (action: 'off' | 'on' | 'cycle' | 'reset' | 'nmi' | 'soft'): string =>
      hex(encode(commands.chassisControl.request, { action }));
    assert.deepEqual((['off', 'on', 'cycle', 'reset', 'nmi', 'soft'] as const).map(byte), [
      '00',
      '01',
      '02',
      '03',
      '04',
      '05',
    ]);
  });

  it('reads Get Device ID with and without auxiliary revision', () => {
    const full = decode(commands.getDeviceId.response, Buffer.from('20018917029f5a2b0003004f010203', 'hex'));
    assert.equal(full.deviceId, 0x20);
    assert.equal(full.firmwareMajor, 9);
    assert.equal(full.updating, true);
    assert.equal(shortest(commands.getDeviceId.response), 11);
  });

  it('writes Clear SEL with its letters', () => {
    assert.equal(hex(encode(commands.clearSel.request, { reservation: 0x1234, action: 0xaa })), '3412434c52aa');
  });

  it('asks for IPMI 2.0 data on the present channel', () => {
    const request = { wantExtended: true, channel: 0x0e, privilege: 4 };
    assert.equal(hex(encode(commands.getChannelAuthCapabilities.request, request)), '8e04');
  });

  it('writes the group byte of DCMI in front', () => {
    assert.equal(hex(encode(commands.getDcmiPowerReading.request, { mode: 1, modeAttribute: 0 })), 'dc010000');
  });
});
