import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

describe('package-lock.json', () => {
  let packages: Readonly<Record<string, LockedPackage>>;
  before(async () => {
    const text = await readFile(new URL('../../../package-lock.json', import.meta.url), 'utf8');
    ({ packages } = JSON.parse(text) as { packages: typeof packages });
  });

  it('names no download address, so that any registry can serve it', () => {
    const named = Object.entries(packages).filter(([, entry]) => entry.resolved?.startsWith('http'));
    assert.deepEqual(named, []);
  });

  it('has the packages of every platform, without which npm ci refuses it', () => {
    // npm leaves out what the registry at hand doesn't serve, and then finds its own file incomplete.
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`],
      ),
    );
    assert.deepEqual(missing, []);
  });
});
