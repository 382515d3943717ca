import type { NetConnectOpts } from 'node:net';
import { BareMetalError } from '../../../domain/errors.ts';

/**
 * Reads an OVSDB connection method, as `ovs-vsctl --db` takes it (ovsdb(7), "Active Database Connection Methods"):
 * `tcp:<host>:<port>` (IPv6 hosts in brackets) or `unix:<absolute path>`.
 * @throws BareMetalError `InvalidParameterValue`
 */
export function parseOvsdbAddress(text: string): NetConnectOpts {
  const unix = /^unix:(\/.+)$/.exec(text);
  if (unix?.[1] !== undefined) return { path: unix[1] };
  const tcp = /^tcp:(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = tcp?.[1] ?? tcp?.[2];
  const port = Number(tcp?.[3]);
  if (host !== undefined && port >= 1 && port <= 65_535) return { host, port };
  throw new BareMetalError(
    'InvalidParameterValue',
    `The OVSDB address "${text}" fits neither tcp:<host>:<port> nor unix:<absolute path>.`,
  );
}
