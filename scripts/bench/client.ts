import { Agent, request as httpRequest } from 'node:http';

const HEADERS = { 'content-type': 'application/json', 'x-openstack-ironic-api-version': '1.90' };

/** The one client of all benches: kept connections, and no more of an answer looked at than is asked for. */
const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** One request whose answer is only counted. @throws Error when the status isn't 200 */
export function countBytes(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { agent, headers: HEADERS }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => {
        if (response.statusCode === 200) resolve(bytes);
        else reject(new Error(`GET ${url} answered ${response.statusCode}`));
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** One request and its JSON; an empty answer is {}. @throws Error with the answer when it isn't a success */
export async function request(
  apiUrl: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const init = { method, headers: HEADERS, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const response = await fetch(`${apiUrl}${path}`, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`);
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
