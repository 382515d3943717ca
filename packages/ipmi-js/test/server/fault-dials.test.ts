import assert from 'node:assert/strict';
import { IpmiError, commands } from '../../src/index.ts';
import type { Bmc } from '../../src/index.ts';
import { NO_FAULTS } from '../../src/server/index.ts';
import type { Faults } from '../../src/server/index.ts';
import { aPair, until } from '../support/pair.ts';
import type { Pair } from '../support/pair.ts';
import { aStranger } from '../support/stranger.ts';

/** A dial turned up: what a console sees of it, and that all is well again when it is turned back. */
interface Case {
  readonly turned: Partial<Faults>;
  readonly seen: (pair: Pair) => Promise<void>;
}

const DELAY_MS = 60;
const SHORT = { deadlineMs: 700 };

const rejectedAs =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof IpmiError && error.code === code;

async function timed(run: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await run();
  return performance.now() - from;
}

/** Whether a status comes within the deadline. */
const answers = (bmc: Bmc): Promise<boolean> =>
  bmc.getChassisStatus(SHORT).then(
    () => true,
    () => false,
  );

async function slower(pair: Pair): Promise<void> {
  const took = await timed(() => pair.bmc.getChassisStatus());
  // Timers may fire up to a millisecond early.
  assert.ok(took >= DELAY_MS - 1, `${took} ms`);
}

async function lost(pair: Pair): Promise<void> {
  assert.equal(await answers(pair.bmc), false);
}

/** Sequence numbers of the answers that a bare socket gets to requests 1 to `requests`. */
async function sequences(pair: Pair, requests: number, answers: number): Promise<number[]> {
  const stranger = aStranger(pair.server.address.port);
  try {
    for (let rqSeq = 1; rqSeq <= requests; rqSeq += 1) stranger.ask(commands.getSystemGuid, rqSeq);
    await until(() => stranger.answers.length >= answers);
    return stranger.answers.map(({ rqSeq }) => rqSeq);
  } finally {
    stranger.stop();
  }
}

/** One case for each dial; the type leaves none out. */
const DIALS: Readonly<Record<keyof Faults, Case>> = {
  lossIn: {
    turned: { lossIn: 1 },
    seen: async (pair) => {
      await lost(pair);
      await assert.rejects(pair.bmc.chassisControl('on', SHORT), IpmiError);
      assert.deepEqual(pair.machine.acts, [], 'nothing arrived');
    },
  },
  lossOut: {
    turned: { lossOut: 1 },
    seen: async (pair) => {
      await assert.rejects(pair.bmc.chassisControl('reset', SHORT), rejectedAs('IpmiOutcomeUnknown'));
      assert.deepEqual(pair.machine.acts, ['reset'], 'it arrived once, and was done');
    },
  },
  delayInMs: { turned: { delayInMs: DELAY_MS }, seen: slower },
  delayOutMs: { turned: { delayOutMs: DELAY_MS }, seen: slower },
  duplicate: {
    turned: { duplicate: 1 },
    seen: async (pair) => {
      assert.deepEqual(await sequences(pair, 1, 2), [1, 1]);
      await pair.bmc.chassisControl('reset');
      assert.deepEqual(pair.machine.acts, ['reset']);
    },
  },
  reorder: {
    turned: { reorder: 1 },
    seen: async (pair) => {
      assert.deepEqual(await sequences(pair, 2, 2), [2, 1]);
      // An answer without another one behind it is held back for 50 ms.
      assert.ok((await timed(() => pair.bmc.getChassisStatus())) >= 45);
    },
  },
  busy: {
    turned: { busy: 1 },
    seen: async (pair) => {
      await assert.rejects(pair.bmc.chassisControl('reset', SHORT), rejectedAs('IpmiBusy'));
      assert.deepEqual(pair.machine.acts, [], 'a busy BMC does nothing');
    },
  },
  codes: {
    turned: { codes: { '00/02': 0xd5, '06/01': 0xff } },
    seen: async (pair) => {
      await assert.rejects(pair.bmc.chassisControl('reset'), { completionCode: 0xd5 });
      await assert.rejects(pair.bmc.getDeviceId(), { completionCode: 0xff });
      assert.deepEqual(pair.machine.acts, []);
      assert.equal((await pair.bmc.getChassisStatus()).powerOn, false, 'other commands are served');
    },
  },
  slowPowerMs: {
    turned: { slowPowerMs: 200 },
    seen: async (pair) => {
      await pair.bmc.chassisControl('on');
      assert.equal((await pair.bmc.getChassisStatus()).powerOn, false);
      await new Promise((resolve) => setTimeout(resolve, 220));
      assert.equal((await pair.bmc.getChassisStatus()).powerOn, true);
    },
  },
  lyingPower: {
    turned: { lyingPower: 'on' },
    seen: async (pair) => {
      assert.equal((await pair.bmc.getChassisStatus()).powerOn, true);
      assert.equal(pair.machine.power, 'off');
    },
  },
  noSessions: {
    turned: { noSessions: true },
    seen: async (pair) => {
      assert.equal((await pair.bmc.getChassisStatus()).powerOn, false, 'open sessions stay');
      await assert.rejects(pair.another().getChassisStatus(SHORT), rejectedAs('IpmiSessionsExhausted'));
    },
  },
  silent: {
    turned: { silent: true },
    seen: async (pair) => {
      await lost(pair);
      await assert.rejects(pair.another().getDeviceId(SHORT), rejectedAs('IpmiTimeout'));
    },
  },
};

describe('the dials of the virtual BMC', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await aPair();
  });
  afterEach(() => pair.stop());

  it('are all tried here', () => assert.deepEqual(Object.keys(DIALS).toSorted(), Object.keys(NO_FAULTS).toSorted()));

  for (const [dial, { turned, seen }] of Object.entries(DIALS)) {
    it(`${dial}: a console sees it, and nothing of it once it is turned back`, async () => {
      // A session at the level that commands need, so that each of them is one exchange.
      await pair.bmc.setBootFlags({});
      Object.assign(pair.server.faults, turned);
      await seen(pair);
      Object.assign(pair.server.faults, NO_FAULTS);
      const { powerOn } = await pair.bmc.getChassisStatus();
      assert.equal(powerOn, pair.machine.power === 'on');
    }).timeout(20_000);
  }
});
