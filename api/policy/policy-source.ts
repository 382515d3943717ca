import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import { createPolicy, type Policy } from '../../domain/policy/policy.ts';
import { parsePolicyFile } from '../../domain/policy/policy-file.ts';

/** Where the policy in force comes from. */
export interface PolicySource {
  /** The newest policy; looks at the file at most once in a while. */
  current(): Promise<Policy>;
}

const LOOK_AGAIN_MS = 1000;

/**
 * The defaults, changed by the operator's file if there is one. It is read again when it changes; a change that doesn't
 * fit is logged and the rules from before stay.
 * @throws Error that names the line when the file doesn't fit at the start
 */
export function createPolicySource(path: string | undefined, log: Logger): PolicySource {
  if (path === undefined) {
    const defaults = Promise.resolve(createPolicy());
    return { current: () => defaults };
  }
  let policy = policyOf(readFileSync(path, 'utf8'), path);
  let seen = '';
  let lookAt = 0;
  return {
    async current() {
      if (Date.now() < lookAt) return policy;
      lookAt = Date.now() + LOOK_AGAIN_MS;
      try {
        const version = await versionOf(path);
        if (version !== seen) policy = policyOf(await readFile(path, 'utf8'), path);
        seen = version;
      } catch (error) {
        log.error({ err: error, path }, 'the policy file does not fit; the rules from before stay');
      }
      return policy;
    },
  };
}

async function versionOf(path: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(path);
  return `${mtimeMs} ${size} ${ino}`;
}

function policyOf(text: string, path: string): Policy {
  return createPolicy(parsePolicyFile(text, path), path);
}
