import { readFileSync } from 'node:fs';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The TypeScript examples of the README under a heading. */
export function examples(heading: string): string[] {
  const [, section = ''] = README.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/```ts\n([^]*?)```/g)].map(([, code = '']) => code);
}

/** Everything within backquotes in the lists under a heading. */
export function listed(heading: string): string[] {
  const [, section = ''] = README.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  const items = own.split('\n').filter((line) => line.startsWith('- '));
  return items.flatMap((item) => [...item.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word));
}
