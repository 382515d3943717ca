import { appendFileSync, writeFileSync } from 'node:fs';
import type { Difference } from './compare.ts';

/** ANNEAL_DIFFERENTIAL_WORDINGS=file writes a page with each sentence that Anneal words otherwise, once. */
const page = process.env['ANNEAL_DIFFERENTIAL_WORDINGS'];
const written = new Set<string>();
if (page !== undefined) writeFileSync(page, '# Sentences that Anneal words otherwise\n');

/** Notes the sentences among the differences of one answer. */
export function noteWordings(found: readonly Difference[]): void {
  if (page === undefined) return;
  for (const { field, ironic, anneal } of found) {
    const text = `\n- Ironic: ${JSON.stringify(ironic)}\n  Anneal: ${JSON.stringify(anneal)}\n`;
    if (!field.endsWith('.wording') || written.has(text)) continue;
    written.add(text);
    appendFileSync(page, text);
  }
}
