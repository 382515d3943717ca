/** `npm run setup -- [fake|test|lab|ci]`: gets what a kind of run needs; `lab` and `ci` build the lab's images too. */
import { PACKAGES, type Scope } from './debian-packages.ts';
import { setUp } from './setup.ts';

const say = (line: string): void => console.log(line);
const [word = 'lab'] = process.argv.slice(2);

function isScope(given: string): given is Scope {
  return Object.hasOwn(PACKAGES, given);
}

if (!isScope(word)) {
  console.error(`"${word}" is no kind of run; say one of ${Object.keys(PACKAGES).join(', ')}.`);
  process.exit(2);
}
try {
  const { temporalCli } = await setUp(word, say);
  say(`Temporal CLI: ${temporalCli}`);
  say('All set.');
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
