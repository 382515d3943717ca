import { Agent, request as httpRequest } from 'node:http';

const HEADERS = { 'content-type': 'application/json', 'x-openstack-ironic-api-version': '1.90' };

/** The one client of all benches: kept connections, and no more of an answer looked at than is asked for. */
const agent = new Agent({ keepAlive: true, maxSockets: 256 });

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
}

/** Sends a request and hands over each part of the answer. @returns the answer's status */
function send({ method, url, body }: Sent, take: (part: Buffer) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { agent, method, headers: HEADERS }, (response) => {
      response.on('data', take);
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** One request whose answer is only counted. @throws Error when the status isn't 200 */
export async function countBytes(url: string): Promise<number> {
  let bytes = 0;
  const status = await send({ method: 'GET', url }, (part) => (bytes += part.length));
  if (status !== 200) throw new Error(`GET ${url} answered ${status}`);
  return bytes;
}

/** One request and its JSON; an empty answer is {}. @throws Error with the answer when it isn't a success */
export async function request(
  apiUrl: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  const status = await send({ method, url: `${apiUrl}${path}`, body }, (part) => parts.push(part));
  const text = Buffer.concat(parts).toString();
  if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text.slice(0, 300)}`);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

/** Does `work` for each item, `width` at a time. */
export async function inLanes<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = [...items];
  const lane = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/** To three decimals. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
