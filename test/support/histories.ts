import type { Client } from '@temporalio/client';

/** The history of one run, with everything in it readable. */
export interface HistoryText {
  readonly workflowId: string;
  readonly type: string;
  readonly text: string;
}

/** Exports the history of every run that the query lists; payloads are decoded. */
export async function exportHistories(client: Client, query: string): Promise<HistoryText[]> {
  const histories: HistoryText[] = [];
  for await (const { workflowId, runId, type } of client.workflow.list({ query })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push({ workflowId, type, text: textOf(history) });
  }
  return histories;
}

/** All text of a history: strings as they are, bytes of payloads as text. */
function textOf(part: unknown): string {
  if (typeof part === 'string') return part;
  if (part instanceof Uint8Array) return Buffer.from(part).toString('utf8');
  if (typeof part !== 'object' || part === null) return '';
  return Object.values(part).map(textOf).join('\n');
}

/** Names each run in which a secret stands, plainly or in another spelling of the same bytes. */
export function findSecrets(histories: readonly HistoryText[], secrets: Readonly<Record<string, string>>): string[] {
  return histories.flatMap(({ workflowId, type, text }) =>
    Object.entries(secrets)
      .filter(([, secret]) => spellingsOf(secret).some((spelling) => text.includes(spelling)))
      .map(([name]) => `${name} stands in the history of ${type} ${workflowId}`),
  );
}

/** As it is, percent-encoded, hex, and base64 at each of its three alignments without the ends that neighbours blur. */
function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const aligned = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
      .slice(offset === 0 ? 0 : offset + 1, -1),
  );
  const forUrls = aligned.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [secret, encodeURIComponent(secret), bytes.toString('hex'), ...aligned, ...forUrls];
}
