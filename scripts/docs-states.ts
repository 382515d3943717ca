/** `npm run docs:states`: writes docs/states.md from domain/provision-states.ts. */
import { writeFile } from 'node:fs/promises';
import { statesPage } from './docs/states-page.ts';

await writeFile(new URL('../docs/states.md', import.meta.url), statesPage());
