import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ERRORS } from '../../../domain/errors.ts';
import { PROVISION_STATES } from '../../../domain/provision-states.ts';
import { RULES } from '../../../domain/policy/rules.ts';
import { everyRoute } from '../../../scripts/every-route.ts';
import { policyPage } from '../../../scripts/docs/policy-page.ts';
import { statesPage } from '../../../scripts/docs/states-page.ts';

const page = (name: string) => readFile(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

describe('docs/states.md', () => {
  it('is what npm run docs writes', async () => {
    assert.equal(await page('states.md'), statesPage(), 'run npm run docs');
  });

  it('shows every state in some diagram', async () => {
    const diagrams = (await page('states.md')).split('```mermaid').slice(1).join('');
    for (const state of PROVISION_STATES) assert.match(diagrams, new RegExp(`: ${state}\n`));
  });
});

describe('docs/policy.md', () => {
  it('is what npm run docs writes', async () => {
    assert.equal(await page('policy.md'), policyPage(everyRoute()), 'run npm run docs');
  });

  it('has every rule, and every route that asks one', async () => {
    const text = await page('policy.md');
    for (const name of RULES.keys()) assert.ok(text.includes(`| \`${name}\` |`), name);
    for (const { method, path, access } of everyRoute()) {
      const shown = `\`${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}\``;
      assert.equal(text.includes(shown), access !== undefined, shown);
    }
  });
});

describe('docs/errors.md', () => {
  const rowPattern = /^\| `(\w+)` \| (\w+) \| (\d+) \| (.+) \|$/gm;

  it('has a row for every code of the table, with its kind, status and meaning', async () => {
    const rows = new Map(
      [...(await page('errors.md')).matchAll(rowPattern)].map(([, code, ...cells]) => [code, cells]),
    );
    for (const [code, { kind, status, means }] of Object.entries(ERRORS))
      assert.deepEqual(rows.get(code), [kind, String(status), means], `${code}: run npm run docs`);
  });

  it('names no code that the table lacks', async () => {
    const codes = [...(await page('errors.md')).matchAll(rowPattern)].map(([, code]) => code);
    assert.deepEqual(
      codes.filter((code) => !Object.hasOwn(ERRORS, code ?? '')),
      [],
    );
  });
});
