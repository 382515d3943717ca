/** The media type of what Anneal serves beside Ironic's API, on Ironic's paths. */
export const ANNEAL_MEDIA = 'application/vnd.anneal.v1+json';
/** Server-sent events (WHATWG HTML §9.2): all that a browser's EventSource accepts. */
export const EVENT_STREAM = 'text/event-stream';

/** Whether an Accept header names one of these types; `*` does not: clients of Ironic send it. */
export function accepts(header: string | undefined, media: readonly string[]): boolean {
  const named = (header ?? '').split(',').map((part) => part.split(';')[0]?.trim().toLowerCase() ?? '');
  return media.some((type) => named.includes(type));
}
