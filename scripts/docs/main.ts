/** Writes the pages that are made from tables of the code: `npm run docs`. */
import { writeFile } from 'node:fs/promises';
import { everyRoute } from '../every-route.ts';
import { errorsPage } from './errors-page.ts';
import { policyPage } from './policy-page.ts';
import { statesPage } from './states-page.ts';

const PAGES = { 'states.md': statesPage, 'errors.md': errorsPage, 'policy.md': () => policyPage(everyRoute()) };
for (const [name, page] of Object.entries(PAGES))
  await writeFile(new URL(`../../docs/${name}`, import.meta.url), page());
