import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Who may import whom (docs/layout.md): [file, import, allowed]. */
const CASES: readonly (readonly [string, string, boolean])[] = [
  ['domain/a.ts', "import { b } from './b.ts';", true],
  ['domain/a.ts', "import { z } from 'zod';", false],
  ['domain/a.ts', "import { b } from '../db/b.ts';", false],
  ['db/a.ts', "import { b } from '../domain/b.ts';", true],
  ['db/a.ts', "import { b } from '../drivers/b.ts';", false],
  ['drivers/fake/a.ts', "import { b } from '../../db/b.ts';", true],
  ['drivers/fake/a.ts', "import { b } from '../../activities/b.ts';", false],
  ['drivers/fake/a.ts', "import { b } from '@temporalio/activity';", false],
  ['workflows/a.ts', "import type { b } from '../activities/b.ts';", true],
  ['workflows/a.ts', "import { b } from '../activities/b.ts';", false],
  ['workflows/a.ts', "import { b } from 'node:crypto';", false],
  ['workflows/a.ts', "import { b } from '../db/b.ts';", false],
  ['activities/a.ts', "import { b } from '../drivers/b.ts';", true],
  ['activities/a.ts', "import { b } from '../worker/b.ts';", false],
  ['api/nodes/a.ts', "import { b } from '../../db/b.ts';", true],
  ['api/nodes/a.ts', "import { b } from '../../temporal/b.ts';", true],
  ['api/nodes/a.ts', "import { b } from '../../drivers/b.ts';", false],
  ['api/nodes/a.ts', "import { b } from '../../worker/b.ts';", false],
  ['api/nodes/a.ts', "import { b } from 'ipmi-js';", false],
  ['temporal/a.ts', "import { b } from '@temporalio/worker';", false],
  ['boot/a.ts', "import { b } from '../api/b.ts';", false],
  ['lab/a.ts', "import { b } from '../workflows/b.ts';", false],
  ['lab/a.ts', "import { b } from 'ipmi-js/server';", true],
  ['packages/ipmi-js/src/codec/a.ts', "import { b } from '../../../../domain/b.ts';", false],
  ['packages/ipmi-js/src/codec/a.ts', "import { b } from 'pg';", false],
  ['packages/ipmi-js/src/codec/a.ts', "import { b } from 'node:crypto';", true],
];

describe('the import rules of .oxlintrc.json', () => {
  let complaints: readonly { readonly filename: string; readonly code: string }[];
  let folder: string;

  const fileOf = (index: number, path: string) => path.replace('a.ts', `a${index}.ts`);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-lint-'));
    await copyFile(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    for (const [index, [path, line]] of CASES.entries()) {
      const file = join(folder, fileOf(index, path));
      await mkdir(dirname(file), { recursive: true });
      const use = line.startsWith('import type') ? 'export type C = typeof b;' : 'export const c = b;';
      await writeFile(file, `${line}\n${use}\n`);
    }
    const oxlint = join(root, 'node_modules/.bin/oxlint');
    const { stdout } = await promisify(execFile)(oxlint, ['--format=json', '.'], { cwd: folder }).catch(
      (error: { stdout: string }) => error,
    );
    complaints = (JSON.parse(stdout) as { diagnostics: typeof complaints }).diagnostics;
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [index, [path, line, allowed]] of CASES.entries())
    it(`${allowed ? 'let' : 'keep'} ${path.replace('/a.ts', '')} ${allowed ? 'have' : 'from'} ${line}`, () => {
      const file = fileOf(index, path);
      const hit = complaints.some(
        ({ filename, code }) => filename.endsWith(file) && code.includes('no-restricted-imports'),
      );
      assert.equal(hit, !allowed);
    });
});
