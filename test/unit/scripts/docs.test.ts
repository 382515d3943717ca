import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ERRORS } from '../../../domain/errors.ts';
import { errorsPage } from '../../../scripts/docs/errors-page.ts';
import { statesPage } from '../../../scripts/docs/states-page.ts';

async function readPage(name: string): Promise<string> {
  return readFile(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
}

describe('generated pages', () => {
  it('docs/states.md shows the state machine as it is', async () => {
    assert.equal(await readPage('states.md'), statesPage(), 'run `npm run docs`');
  });

  it('docs/errors.md names every code of the table, and no other', async () => {
    const page = await readPage('errors.md');
    const named = [...page.matchAll(/^\| `([A-Z]\w+)` \|/gm)].map(([, code]) => code);
    assert.deepEqual(named, Object.keys(ERRORS));
  });

  it('docs/errors.md says of each code what the table says', async () => {
    assert.equal(await readPage('errors.md'), errorsPage(), 'run `npm run docs`');
  });
});
