/** Writes the pages that are made from tables of the code: `npm run docs`. */
import { writeFile } from 'node:fs/promises';
import { errorsPage } from './errors-page.ts';
import { statesPage } from './states-page.ts';

const PAGES = { 'states.md': statesPage, 'errors.md': errorsPage };
for (const [name, page] of Object.entries(PAGES))
  await writeFile(new URL(`../../docs/${name}`, import.meta.url), page());
