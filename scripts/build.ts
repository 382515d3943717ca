/** `npm run build`: compiles what production runs to dist/, and bundles the workflows beside the compiled worker. */
import { execFile } from 'node:child_process';
import { cp, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type * as bundleModule from '../worker/bundle.ts';

type BundleModule = typeof bundleModule;

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

await rm(dist, { recursive: true, force: true });
await compile('packages/ipmi-js/tsconfig.build.json');
await compile('tsconfig.build.json');
await cp(join(root, 'db/migrations'), join(dist, 'db/migrations'), { recursive: true });
await bundleWorkflows();
console.log('Built dist/ and packages/ipmi-js/dist/.');

async function compile(project: string): Promise<void> {
  const tsc = join(root, 'node_modules/.bin/tsc');
  await promisify(execFile)(tsc, ['-p', join(root, project)]).catch((error: { stdout?: string; message: string }) => {
    console.error(error.stdout ?? error.message);
    process.exit(1);
  });
}

/** The compiled worker bundles the compiled workflows, so that both are of one build. */
async function bundleWorkflows(): Promise<void> {
  const url = pathToFileURL(join(dist, 'worker/bundle.js')).href;
  const { buildWorkflowBundle, bundlePath } = (await import(url)) as BundleModule;
  for (const encrypted of [false, true]) {
    const { code } = await buildWorkflowBundle({ encrypted });
    await writeFile(bundlePath({ encrypted }), code);
  }
}
