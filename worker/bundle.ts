import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';
import { FAILURE_CONVERTER_PATH } from '../temporal/payload-codec.ts';

/** Whether failure messages are written as payloads, which the codec encrypts. */
export interface BundleOptions {
  readonly encrypted: boolean;
}

/** Where `npm run build` leaves the bundle, beside the compiled worker. */
export function bundlePath({ encrypted }: BundleOptions): string {
  const name = encrypted ? './workflow-bundle-encrypted.js' : './workflow-bundle.js';
  return fileURLToPath(new URL(name, import.meta.url));
}

/** The workflows as one script: prebuilt where there is one, else bundled now (1–4 s). */
export async function loadWorkflowBundle(options: BundleOptions): Promise<WorkflowBundleOption> {
  const codePath = bundlePath(options);
  return existsSync(codePath) ? { codePath } : await buildWorkflowBundle(options);
}

/** Bundles the workflows with webpack. */
export async function buildWorkflowBundle({ encrypted }: BundleOptions): Promise<{ code: string }> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const quiet = () => {};
  return await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(`../workflows/index.${extension}`, import.meta.url)),
    workflowInterceptorModules: [fileURLToPath(new URL(`../workflows/planning.${extension}`, import.meta.url))],
    ...(encrypted && { failureConverterPath: FAILURE_CONVERTER_PATH }),
    logger: {
      log: quiet,
      trace: quiet,
      debug: quiet,
      info: quiet,
      warn: quiet,
      error: (message) => process.stderr.write(`${message}\n`),
    },
  });
}
