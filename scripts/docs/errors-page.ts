import { ERRORS, type ErrorKind } from '../../domain/errors.ts';

const KINDS: Readonly<Record<ErrorKind, string>> = {
  retry: 'It may heal: the activity is tried again by itself.',
  wait: 'Somebody holds the thing: the activity waits and tries again; a request may be sent again.',
  stop: 'It will not heal by itself: somebody has to change something.',
  bug: 'A rule of Anneal’s own was broken: the log has the details, please report it.',
};

/** docs/errors.md: what each error means, what happens next, and what the API answers. */
export function errorsPage(): string {
  const kinds = Object.entries(KINDS).map(([kind, text]) => `| \`${kind}\` | ${text} |`);
  const rows = Object.entries(ERRORS).map(
    ([code, { kind, status, means }]) => `| \`${code}\` | \`${kind}\` | ${status} | ${means} |`,
  );
  return `${[
    '# Errors',
    'Generated from the table in `domain/errors.ts` by `npm run docs`; a test compares page and table in both directions. The code is the `type` of a failure in the Temporal UI, and `last_error` of the node holds the whole sentence.',
    ['| kind | what happens next |', '| --- | --- |', ...kinds].join('\n'),
    ['| code | kind | HTTP | means |', '| --- | --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n')}\n`;
}
