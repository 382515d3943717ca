import assert from 'node:assert/strict';
import { commands } from '../../src/index.ts';
import type { Bmc, CallOptions } from '../../src/index.ts';
import { aPair } from '../support/pair.ts';

const DEADLINE_MS = 60;
const PARTS = ['sel', 'sensors', 'fru', 'lan', 'users', 'dcmi'] as const;
const SENSOR = { kind: 'full', number: 1, ownerId: 0x20, ownerLun: 0, readingMask: 0xff } as never;

type Call = (bmc: Bmc, options: CallOptions) => Promise<unknown>;

/** Every method that speaks to the BMC, by its name. */
const CALLS: Readonly<Record<string, Call>> = {
  getChassisStatus: (bmc, options) => bmc.getChassisStatus(options),
  chassisControl: (bmc, options) => bmc.chassisControl('reset', options),
  identify: (bmc, options) => bmc.identify(1, options),
  getBootOptions: (bmc, options) => bmc.getBootOptions(options),
  setBootDevice: (bmc, options) => bmc.setBootDevice('pxe', options),
  setBootFlags: (bmc, options) => bmc.setBootFlags({}, options),
  getSystemGuid: (bmc, options) => bmc.getSystemGuid(options),
  getDeviceId: (bmc, options) => bmc.getDeviceId(options),
  resetBmc: (bmc, options) => bmc.resetBmc('cold', options),
  raw: (bmc, options) => bmc.raw(6, 1, undefined, options),
  openSol: (bmc, options) => bmc.openSol(options),
  command: (bmc, options) => bmc.command(commands.getDeviceId, {}, options),
  'sel.info': ({ sel }, options) => sel.info(options),
  'sel.list': ({ sel }, options) => sel.list(options),
  'sel.entries': ({ sel }, options) => sel.entries(options).next(),
  'sel.add': ({ sel }, options) => sel.add({}, options),
  'sel.delete': ({ sel }, options) => sel.delete(1, options),
  'sel.clear': ({ sel }, options) => sel.clear(options),
  'sel.getTime': ({ sel }, options) => sel.getTime(options),
  'sel.setTime': ({ sel }, options) => sel.setTime(new Date(), options),
  'sensors.info': ({ sensors }, options) => sensors.info(options),
  'sensors.records': ({ sensors }, options) => sensors.records(options),
  'sensors.readAll': ({ sensors }, options) => sensors.readAll(options),
  'sensors.read': ({ sensors }, options) => sensors.read(SENSOR, options),
  'sensors.thresholds': ({ sensors }, options) => sensors.thresholds(SENSOR, options),
  'sensors.setRawThresholds': ({ sensors }, options) => sensors.setRawThresholds(1, { uc: 1 }, options),
  'fru.read': ({ fru }, options) => fru.read(0, options),
  'fru.readRaw': ({ fru }, options) => fru.readRaw(0, options),
  'fru.writeRaw': ({ fru }, options) => fru.writeRaw(0, 0, new Uint8Array(1), options),
  'lan.parameter': ({ lan }, options) => lan.parameter(3, options),
  'lan.setParameter': ({ lan }, options) => lan.setParameter(3, new Uint8Array(4), options),
  'lan.get': ({ lan }, options) => lan.get(options),
  'lan.set': ({ lan }, options) => lan.set({ vlan: 0 }, options),
  'lan.channelInfo': ({ lan }, options) => lan.channelInfo(1, options),
  'lan.channelAccess': ({ lan }, options) => lan.channelAccess(1, options),
  'users.list': ({ users }, options) => users.list(options),
  'users.setName': ({ users }, options) => users.setName(3, 'ops', options),
  'users.setPassword': ({ users }, options) => users.setPassword(3, 'secret', options),
  'users.testPassword': ({ users }, options) => users.testPassword(3, 'secret', options),
  'users.enable': ({ users }, options) => users.enable(3, options),
  'users.disable': ({ users }, options) => users.disable(3, options),
  'users.setPrivilege': ({ users }, options) => users.setPrivilege(3, 'user', options),
  'users.setSolAccess': ({ users }, options) => users.setSolAccess(3, true, options),
  'dcmi.capabilities': ({ dcmi }, options) => dcmi.capabilities(1, options),
  'dcmi.powerReading': ({ dcmi }, options) => dcmi.powerReading(options),
  'dcmi.powerLimit': ({ dcmi }, options) => dcmi.powerLimit(options),
  'dcmi.setPowerLimit': ({ dcmi }, options) => dcmi.setPowerLimit({ watts: 1 }, options),
  'dcmi.clearPowerLimit': ({ dcmi }, options) => dcmi.clearPowerLimit(options),
  'dcmi.assetTag': ({ dcmi }, options) => dcmi.assetTag(options),
};

/** These end things, and wait for nobody's signal. */
const ENDS = new Set(['constructor', 'close', 'closeSession']);

function methodsOf(value: object): string[] {
  const prototype = Object.getPrototypeOf(value) as object;
  const members = Object.entries(Object.getOwnPropertyDescriptors(prototype));
  return members
    .filter(([name, { value: body }]) => typeof body === 'function' && !ENDS.has(name))
    .map(([name]) => name);
}

describe('every call to a BMC', () => {
  it('is tried here', async () => {
    const { bmc, stop } = await aPair();
    const all = [...methodsOf(bmc), ...PARTS.flatMap((part) => methodsOf(bmc[part]).map((name) => `${part}.${name}`))];
    await stop();
    assert.deepEqual(all.toSorted(), Object.keys(CALLS).toSorted());
  });

  it('obeys the signal and the deadline that it is given, while the BMC is silent', async () => {
    const { another, stop } = await aPair({ faults: { silent: true } });
    try {
      for (const [name, call] of Object.entries(CALLS)) {
        const signal = AbortSignal.timeout(DEADLINE_MS);
        await assert.rejects(call(another(), { signal }), { code: 'IpmiAborted' }, `${name}: signal`);
        await assert.rejects(
          call(another(), { deadlineMs: DEADLINE_MS }),
          { code: 'IpmiTimeout' },
          `${name}: deadline`,
        );
      }
    } finally {
      await stop();
    }
  }).timeout(60_000);
});
