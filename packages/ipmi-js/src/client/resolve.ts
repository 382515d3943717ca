import { lookup } from 'node:dns/promises';
import { SocketAddress, isIP } from 'node:net';
import type { Remote } from '../session/transport.ts';

/**
 * Finds the address of a literal or name, in the form in which sockets report senders.
 * @throws the resolver's error for names that do not exist
 */
export async function resolveRemote(host: string, port: number, lane: number): Promise<Remote> {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  const literal = isIP(bare);
  const found = literal === 0 ? await lookup(bare) : { address: bare, family: literal };
  const family = found.family === 6 ? 6 : 4;
  return { address: canonical(found.address, family), port, family, lane };
}

/** IPv6 literals have many spellings; a zone is kept as it is. */
function canonical(address: string, family: 4 | 6): string {
  if (family === 4) return address;
  const [literal = address, zone] = address.split('%');
  const short = new SocketAddress({ address: literal, family: 'ipv6' }).address;
  return zone === undefined ? short : `${short}%${zone}`;
}
