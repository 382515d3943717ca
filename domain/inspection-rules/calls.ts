import { BareMetalError } from '../errors.ts';
import { isObject } from '../json.ts';
import type { JsonObject } from '../node.ts';
import { pythonText } from './format.ts';

/** A GET that a rule asks for. */
export interface RuleCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The proxy that it goes through; null for none. */
  readonly proxy: string | null;
  readonly timeoutMs: number;
  /** How often it is tried again. */
  readonly retries: number;
  /** Seconds that the pauses between tries grow from. */
  readonly backoffS: number;
}

/** How an api-call is called; the values that Ironic takes for what isn't said are in {@link callOf}. */
export const CALL_ARGUMENTS = {
  required: ['url'],
  optional: ['headers', 'proxies', 'timeout', 'retries', 'backoff_factor'],
  formatted: ['url'],
};

/** The call that the arguments of an api-call describe. @throws BareMetalError `InspectionRuleFailed` */
export function callOf({ url, headers, proxies, timeout, retries, backoff_factor: backoff }: JsonObject): RuleCall {
  const address = pythonText(url);
  if (!HTTP.test(address)) throw failure('the url is neither http nor https');
  const timeoutMs = numberOf(timeout ?? 5, 'timeout') * 1000;
  if (timeoutMs <= 0) throw failure('timeout must be greater than zero');
  return {
    url: address,
    headers: textsOf(headers),
    proxy: proxyOf(address, textsOf(proxies)),
    timeoutMs,
    retries: Math.max(0, Math.trunc(numberOf(retries ?? 3, 'retries'))),
    backoffS: Math.max(0, numberOf(backoff ?? 0.3, 'backoff_factor')),
  };
}

const HTTP = /^https?:\/\//i;

/** The proxy for an address: that of scheme and host, of the scheme, of the host, else of all (requests: select_proxy). */
function proxyOf(address: string, proxies: Readonly<Record<string, string>>): string | null {
  if (!URL.canParse(address)) throw failure('the url is malformed');
  const { protocol, hostname } = new URL(address);
  const scheme = protocol.slice(0, -1);
  const name = [`${scheme}://${hostname}`, scheme, `all://${hostname}`, 'all'].find((key) =>
    Object.hasOwn(proxies, key),
  );
  const proxy = name === undefined ? null : (proxies[name] ?? null);
  if (proxy === null || (HTTP.test(proxy) && URL.canParse(proxy))) return proxy;
  throw failure(`the proxy for ${name} is neither http nor https`);
}

function numberOf(value: unknown, name: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw failure(`${name} must be a number`);
}

function textsOf(pairs: unknown): Record<string, string> {
  if (!isObject(pairs)) return {};
  return Object.fromEntries(Object.entries(pairs).map(([name, value]) => [name, pythonText(value)]));
}

function failure(reason: string): BareMetalError {
  return new BareMetalError('InspectionRuleFailed', `Action api-call: ${reason}.`);
}
