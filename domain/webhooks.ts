/** What a webhook may be told of: events of nodes (domain/node-events.ts). */
export const WEBHOOK_EVENTS = ['operation started', 'operation ended', 'state', 'power', 'cleaning proved'] as const;

/** One kind of event that a webhook may be told of. */
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** What may have become of a delivery. */
export const DELIVERY_STATES = ['waiting', 'delivered', 'given up'] as const;

/** What has become of a delivery. */
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** For so many seconds after a secret was changed the one from before signs too: a receiver has a day to learn it. */
export const SECRET_OVERLAP_S = 86_400;

/** After so many tries in vain, about a day, a delivery is given up. */
export const MOST_TRIES = 32;

const FIRST_PAUSE_S = 5;
const LONGEST_PAUSE_S = 3600;

/** Seconds until the next try after `attempts` in vain: twice as long each time, up to an hour. */
export function pauseAfter(attempts: number): number {
  return Math.min(FIRST_PAUSE_S * 2 ** (attempts - 1), LONGEST_PAUSE_S);
}

/** The hosts of ANNEAL_WEBHOOK_HOSTS. */
export function parseHosts(text: string): string[] {
  const hosts = text.split(',').map((host) => host.trim().toLowerCase());
  return hosts.filter((host) => host !== '');
}

/**
 * Whether the operator lets deliveries go to this URL: http or https, without a user, to one of the hosts.
 * @param allowed `host`, `host:port` or `*.domain`; nothing else is reached, whatever a subscriber writes
 */
export function isAllowedUrl(url: string, allowed: readonly string[]): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) return false;
  if (parsed.username !== '' || parsed.password !== '') return false;
  return allowed.some((pattern) => fits(pattern, parsed));
}

function fits(pattern: string, { host, hostname }: URL): boolean {
  if (pattern.startsWith('*.')) return hostname.endsWith(pattern.slice(1));
  return pattern === host || pattern === hostname;
}
