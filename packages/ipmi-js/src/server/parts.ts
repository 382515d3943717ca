import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { CIPHER_SUITES } from '../codec/cipher-suites.ts';
import type { CipherSuite } from '../codec/cipher-suites.ts';
import { encodeFru } from '../codec/fru.ts';
import { paddedSecret } from '../session/keys.ts';
import { BootFlagStore } from './boot-flag-store.ts';
import { BootOptionStore } from './boot-options.ts';
import { ChannelAccess } from './channel-access.ts';
import { ChannelKeys } from './channel-keys.ts';
import { Chassis } from './chassis.ts';
import { DcmiTexts } from './dcmi-texts.ts';
import type { BmcParts } from './handler.ts';
import { lanParameters } from './lan-parameters.ts';
import type { VirtualBmcOptions, VirtualFru } from './options.ts';
import { Pef } from './pef.ts';
import { PowerLimit } from './power-limit.ts';
import { PowerMeter } from './power-meter.ts';
import { ReceiveQueue } from './receive-queue.ts';
import { initialRegisters } from './registers.ts';
import { SdrStore } from './sdr-store.ts';
import { SelStore } from './sel-store.ts';
import { SessionTable } from './session-table.ts';
import { SolPort } from './sol-port.ts';
import type { SendPayload } from './sol-port.ts';
import { SolSettings } from './sol-settings.ts';
import { SystemInfoStore } from './system-info-store.ts';
import { UserTable } from './users.ts';
import { Watchdog } from './watchdog.ts';

const DEFAULTS = { host: '127.0.0.1', sessions: 16, sessionTimeoutMs: 60_000, bootFlagTimeoutMs: 60_000 };
const DEFAULT_SUITES = [3, 17];

/** What the parts need of the BMC around them. */
export type Surroundings = Pick<BmcParts, 'faults' | 'port' | 'reset'> & { readonly send: SendPayload };

/** Makes the parts of a virtual BMC. @throws RangeError for what its options cannot express */
export function createParts(options: VirtualBmcOptions, { faults, port, reset, send }: Surroundings): BmcParts {
  const bootFlags = new BootFlagStore();
  const chassis = new Chassis(options.chassis, faults, options.ranMinutes ?? 0);
  const sel = new SelStore(options.sel ?? []);
  const suites = (options.cipherSuites ?? DEFAULT_SUITES).map(knownSuite);
  return {
    options,
    guid: options.guid ?? randomBytes(16),
    suites,
    bootFlags,
    bootOptions: new BootOptionStore(bootFlags, options.bootFlagTimeoutMs ?? DEFAULTS.bootFlagTimeoutMs),
    chassis,
    watchdog: new Watchdog(chassis),
    systemInfo: new SystemInfoStore(options.systemFirmware ?? ''),
    users: new UserTable(options.users),
    sessions: new SessionTable({
      limit: options.maxSessions ?? DEFAULTS.sessions,
      timeoutMs: options.sessionTimeoutMs ?? DEFAULTS.sessionTimeoutMs,
    }),
    sol: new SolPort(options, send),
    solSettings: new SolSettings(port),
    channelAccess: new ChannelAccess(),
    channelKeys: new ChannelKeys(options.kg === undefined ? undefined : paddedSecret(options.kg, 'Kg')),
    powerLimit: new PowerLimit(),
    powerMeter: powerMeter(options.watts),
    dcmiTexts: new DcmiTexts(options.assetTag ?? '', ''),
    pef: new Pef(options.onAlert, sel),
    registers: initialRegisters(),
    received: new ReceiveQueue(),
    sdrs: new SdrStore(options.sensors ?? []),
    sel,
    frus: fruImages(options.frus ?? []),
    lan: lanParameters(
      { ip: ipv4Of(options.host ?? DEFAULTS.host), ...options.lan },
      suites.map(({ id }) => id),
    ),
    faults,
    port,
    reset,
  };
}

/** Room for FRU writes behind what is there. */
const FRU_SIZE = 256;

function fruImages(frus: readonly VirtualFru[]): Map<number, Buffer> {
  return new Map(
    frus.map((fru) => {
      const content = encodeFru(fru);
      const image = Buffer.alloc(Math.max(FRU_SIZE, content.length));
      image.set(content);
      return [fru.id ?? 0, image];
    }),
  );
}

function powerMeter(watts: VirtualBmcOptions['watts']): PowerMeter | undefined {
  if (watts === undefined) return undefined;
  return new PowerMeter(typeof watts === 'function' ? watts : () => watts, () => performance.now());
}

/** LAN parameter 3 holds IPv4 only. */
const ipv4Of = (host: string): string => (isIPv6(host) ? '0.0.0.0' : host);

function knownSuite(id: number): CipherSuite {
  const suite = CIPHER_SUITES.get(id);
  if (suite === undefined) throw new RangeError(`cipher suite ${id} is not spoken`);
  return suite;
}
