import { isIPv4 } from 'node:net';
import type { LanSettings } from '../../client/lan.ts';
import { UsageError, fields, numberOf, oneOf, verb } from '../verb.ts';
import type { Verbs } from '../verb.ts';

const LAST_CHANNEL = 0x0f;
const CURRENT_CHANNEL = 0x0e;
const LAST_VLAN = 4094;
const SOURCES = { static: 'static', dhcp: 'dhcp', bios: 'bios' } as const;

type Change = Partial<Pick<LanSettings, 'ip' | 'netmask' | 'gateway' | 'source' | 'vlan'>>;

const channelOf = (word: string | undefined, otherwise: number): number =>
  word === undefined ? otherwise : numberOf(word, 'channel', LAST_CHANNEL);

function address(word = ''): string {
  if (!isIPv4(word)) throw new UsageError(`"${word}" is no IPv4 address`);
  return word;
}

/** What `lan set CHANNEL …` changes, by ipmitool's words. */
const CHANGES: Readonly<Record<string, (word: string | undefined) => Change>> = {
  ipaddr: (word) => ({ ip: address(word) }),
  netmask: (word) => ({ netmask: address(word) }),
  'defgw ipaddr': (word) => ({ gateway: address(word) }),
  ipsrc: (word) => ({ source: oneOf(SOURCES, word, 'ipsrc') }),
  'vlan id': (word) => ({ vlan: word === 'off' ? 0 : numberOf(word, 'vlan id', LAST_VLAN) }),
};

const print = verb('[CHANNEL]', async ({ bmc }, [channel]) =>
  fields(await bmc.lan.get({ channel: channelOf(channel, 1) })),
);

/** LAN settings and channels. */
export const LAN_VERBS: Verbs = {
  lan: print,
  'lan print': print,
  'lan set': verb('CHANNEL SETTING… VALUE', async ({ bmc }, [channel, ...rest]) => {
    const change = oneOf(CHANGES, rest.slice(0, -1).join(' '), 'lan set CHANNEL')(rest.at(-1));
    await bmc.lan.set(change, { channel: channelOf(channel, 1) });
    return fields(change);
  }),
  'channel info': verb('[CHANNEL]', async ({ bmc }, [channel]) =>
    fields(await bmc.lan.channelInfo(channelOf(channel, CURRENT_CHANNEL))),
  ),
  'channel getaccess': verb('[CHANNEL]', async ({ bmc }, [channel]) =>
    fields(await bmc.lan.channelAccess(channelOf(channel, CURRENT_CHANNEL))),
  ),
};
