/** `npm run docs:errors`: writes docs/errors.md from domain/errors.ts. */
import { writeFile } from 'node:fs/promises';
import { errorsPage } from './docs/errors-page.ts';

await writeFile(new URL('../docs/errors.md', import.meta.url), errorsPage());
