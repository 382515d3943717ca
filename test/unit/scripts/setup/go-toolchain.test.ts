import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureGo, GO_VERSION } from '../../../../scripts/setup/go-toolchain.ts';

/** Answers as Go does, and "downloads" a toolchain whose programs may not be run yet. */
const standIn = (version: string): string => `#!/bin/sh
case "$1" in
  version) echo "go version go${version} linux/amd64" ;;
  env) printf 'linux\\namd64\\n' ;;
  mod)
    echo "$*" >>"$ANNEAL_CACHE/asked"
    [ "$4" = 'golang.org/toolchain@v0.0.1-go${GO_VERSION}.linux-amd64' ] || exit 1
    mkdir -p "$GOMODCACHE/bin" "$GOMODCACHE/pkg/tool/linux_amd64"
    printf '#!/bin/sh\\necho go version go${GO_VERSION} linux/amd64\\n' >"$GOMODCACHE/bin/go"
    echo "{\\"Dir\\": \\"$GOMODCACHE\\"}" ;;
esac
`;

describe('ensureGo', () => {
  const kept = { PATH: process.env['PATH'] ?? '', ANNEAL_CACHE: process.env['ANNEAL_CACHE'] };
  let folder = '';
  const said: string[] = [];
  const find = (): ReturnType<typeof ensureGo> => ensureGo((line) => said.push(line));
  const install = async (script: string): Promise<void> => {
    await writeFile(join(folder, 'machine/go'), script);
    await chmod(join(folder, 'machine/go'), 0o755);
    process.env['PATH'] = `${join(folder, 'machine')}:/usr/bin:/bin`;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-go-'));
    await mkdir(join(folder, 'machine'));
    process.env['ANNEAL_CACHE'] = folder;
    said.length = 0;
  });
  afterEach(async () => {
    process.env['PATH'] = kept.PATH;
    delete process.env['ANNEAL_CACHE'];
    if (kept.ANNEAL_CACHE !== undefined) process.env['ANNEAL_CACHE'] = kept.ANNEAL_CACHE;
    await rm(folder, { recursive: true });
  });

  it('says what to install where there is no Go', async () => {
    process.env['PATH'] = folder;
    await assert.rejects(find(), /Go is not installed \(Debian: sudo apt-get install golang-go/);
  });

  it('lets a Go that can do so fetch newer ones by itself', async () => {
    await install(standIn('1.24.4'));
    assert.deepEqual(await find(), { program: 'go', env: { GOTOOLCHAIN: 'auto' } });
    assert.deepEqual(said, []);
  });

  it('fetches a newer Go with an old one, once, and makes it runnable', async () => {
    await install(standIn('1.19.8'));
    for (let time = 0; time < 2; time += 1) assert.equal((await find()).program, join(folder, 'bin', 'go'));
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /Go 1\.19 is too old; fetching Go 1\.26/);
  });

  it('passes on why the newer one could not be had', async () => {
    await install(standIn('1.19.8').replace('  mod)', '  mod) echo "proxy is away"; exit 1 ;;\n  never)'));
    await assert.rejects(find(), /Go is too old, and go mod download golang\.org\/toolchain@\S+ failed: proxy is away/);
  });
});
