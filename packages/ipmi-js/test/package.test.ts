import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = fileURLToPath(new URL('..', import.meta.url));
const root = join(here, '../..');

/** A program that uses both entry points by their types and in earnest. */
const PROGRAM = `
import { IpmiClient, type IpmiErrorCode } from 'ipmi-js';
import { VirtualBmc } from 'ipmi-js/server';

const expected: IpmiErrorCode = 'IpmiAuthentication';
const ignore = () => {};
const server = new VirtualBmc({
  port: 0,
  users: [{ name: 'ops', password: 'right' }],
  chassis: { getPower: () => 'off', powerOn: ignore, powerOff: ignore, reset: ignore, nmi: ignore, softOff: ignore },
});
await server.start();
const client = new IpmiClient();
const target = { host: '127.0.0.1', port: server.address.port, username: 'ops' };
const { powerOn } = await client.bmc({ ...target, password: 'right' }).getChassisStatus();
const refused = await client.bmc({ ...target, password: 'wrong' }).getChassisStatus().catch((error) => error.code);
console.log(JSON.stringify({ powerOn, refused: refused === expected }));
await client.close();
await server.stop();
`;

describe('the package that npm pack makes, in an empty project', function () {
  this.timeout(120_000);
  let project: string;
  const inProject = async (command: string, ...words: string[]) =>
    await promisify(execFile)(command, words, { cwd: project, encoding: 'utf8' });

  before(async () => {
    project = await mkdtemp(join(tmpdir(), 'ipmi-js-'));
    const packed = await promisify(execFile)('npm', ['pack', '--silent', '--pack-destination', project], { cwd: here });
    const tarball = join(project, packed.stdout.trim().split('\n').at(-1) ?? '');
    await writeFile(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }');
    await inProject('npm', 'install', '--offline', '--no-audit', '--no-fund', tarball);
  });
  after(() => rm(project, { recursive: true, force: true }));

  it('brings nothing but itself', async () => {
    const { packages } = JSON.parse(await readFile(join(project, 'package-lock.json'), 'utf8')) as { packages: object };
    assert.deepEqual(Object.keys(packages), ['', 'node_modules/ipmi-js']);
    const { stdout } = await inProject('find', 'node_modules/ipmi-js', '-name', '*.ts', '-not', '-name', '*.d.ts');
    assert.equal(stdout, '', 'sources are in the package');
  });

  it('is imported and typed as its README says', async () => {
    await writeFile(join(project, 'program.ts'), PROGRAM);
    await symlink(join(root, 'node_modules/@types'), join(project, 'node_modules/@types'));
    const options = ['--module', 'node20', '--target', 'es2023', '--strict', '--types', 'node', '--outDir', 'out'];
    await inProject(join(root, 'node_modules/.bin/tsc'), ...options, 'program.ts');
    const { stdout } = await inProject(process.execPath, 'out/program.js');
    assert.deepEqual(JSON.parse(stdout), { powerOn: false, refused: true });
  });

  it('has the ipmi-js command', async () => {
    const { stdout } = await inProject(join(project, 'node_modules/.bin/ipmi-js'), '--help');
    assert.match(stdout, /power/);
  });
});
