import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beginAnew } from '../../../../scripts/start/begin-anew.ts';

const asked = { fake: undefined, labName: 'mine', nodes: 2 };

describe('npm start -- --new', () => {
  let folder: string;
  const labsBefore = process.env['ANNEAL_LAB_DIRECTORY'];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-anew-'));
    process.env['ANNEAL_LAB_DIRECTORY'] = join(folder, 'lab');
    for (const path of ['stack/postgres/data', 'fake/temporal', 'lab/mine/nodes', 'lab/other'])
      await mkdir(join(folder, path), { recursive: true });
    await writeFile(join(folder, 'expectations.json'), '{}');
    const directory = join(folder, 'lab/mine');
    const lab = { marker: 'anneal-lab', name: 'mine', mode: 'rootless', directory, processes: {} };
    await writeFile(join(directory, 'lab.json'), JSON.stringify({ ...lab, socketDirectory: join(folder, 'sockets') }));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
    if (labsBefore === undefined) delete process.env['ANNEAL_LAB_DIRECTORY'];
    else process.env['ANNEAL_LAB_DIRECTORY'] = labsBefore;
  });

  it('throws away the lab of that name and the state of its services, and nothing else', async () => {
    assert.match(await beginAnew(folder, asked), /thrown away: the lab "mine" .*, PostgreSQL, .*stack\.$/);
    assert.deepEqual((await readdir(folder)).toSorted(), ['expectations.json', 'fake', 'lab']);
    assert.deepEqual(await readdir(join(folder, 'lab')), ['other']);
  });

  it('throws away the state of fake nodes only with --fake', async () => {
    assert.match(await beginAnew(folder, { ...asked, fake: 50 }), /thrown away: PostgreSQL, .*fake\.$/);
    assert.deepEqual((await readdir(folder)).toSorted(), ['expectations.json', 'lab', 'stack']);
    assert.deepEqual((await readdir(join(folder, 'lab'))).toSorted(), ['mine', 'other']);
  });

  it('is done again after it was ended in the middle, and says when nothing was there', async () => {
    await beginAnew(folder, asked);
    await mkdir(join(folder, 'stack.old/postgres'), { recursive: true });
    assert.match(await beginAnew(folder, asked), /nothing was there/);
    assert.equal((await readdir(folder)).includes('stack.old'), false);
  });

  it('does not touch anything when the database is one that somebody brought', async () => {
    const before = await readdir(folder);
    await assert.rejects(beginAnew(folder, asked, 'postgresql://mine/anneal'), /DATABASE_URL/);
    assert.deepEqual(await readdir(folder), before);
  });
});
