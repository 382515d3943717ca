import { PassThrough } from 'node:stream';
import { IpmiClient } from '../../src/index.ts';
import type { Bmc, BmcOptions } from '../../src/index.ts';
import { VirtualBmc } from '../../src/server/index.ts';
import type { ChassisCallbacks, VirtualBmcOptions } from '../../src/server/index.ts';

/** A machine in memory that notes what was done to it. */
export interface FakeMachine extends ChassisCallbacks {
  power: 'on' | 'off';
  readonly acts: string[];
}

/** A machine that is off. */
export function aMachine(): FakeMachine {
  const acts: string[] = [];
  const machine: FakeMachine = {
    power: 'off',
    acts,
    getPower: () => machine.power,
    powerOn: () => {
      acts.push('on');
      machine.power = 'on';
    },
    powerOff: () => {
      acts.push('off');
      machine.power = 'off';
    },
    reset: () => void acts.push('reset'),
    nmi: () => void acts.push('nmi'),
    softOff: () => {
      acts.push('soft');
      machine.power = 'off';
    },
    identify: (seconds) => void acts.push(`identify ${seconds}`),
  };
  return machine;
}

/** A virtual BMC, a client and a handle, all stopped by `stop`. */
export interface Pair {
  readonly server: VirtualBmc;
  readonly machine: FakeMachine;
  readonly client: IpmiClient;
  readonly bmc: Bmc;
  readonly events: string[];
  readonly another: (options?: Partial<BmcOptions>) => Bmc;
  readonly stop: () => Promise<void>;
}

/** Starts a pair on a free port. */
export async function aPair(server: Partial<VirtualBmcOptions> = {}, options: Partial<BmcOptions> = {}): Promise<Pair> {
  const machine = aMachine();
  const users = [{ name: 'admin', password: 'secret' }];
  const virtual = new VirtualBmc({ port: 0, users, chassis: machine, ...server });
  await virtual.start();
  const events: string[] = [];
  const client = new IpmiClient({ log: ({ event, detail }) => events.push(`${event}: ${detail}`) });
  const another = (more: Partial<BmcOptions> = {}): Bmc =>
    client.bmc({
      host: '127.0.0.1',
      port: virtual.address.port,
      username: 'admin',
      password: 'secret',
      ...options,
      ...more,
    });
  const stop = async (): Promise<void> => {
    await client.close();
    await virtual.stop();
  };
  return { server: virtual, machine, client, bmc: another(), events, another, stop };
}

/** A console that sends back what it gets. */
export const anEcho = (): PassThrough => new PassThrough();

/** Waits until `holds` is true. @throws Error after `limitMs`. */
export async function until(holds: () => boolean, limitMs = 10_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
