import { ensurePackages, type Scope } from './debian-packages.ts';
import { ensureGo } from './go-toolchain.ts';
import { ensureTemporalCli } from './temporal-cli.ts';

/** What a set-up found or made. */
export interface SetUp {
  /** Path of the Temporal CLI. */
  readonly temporalCli: string;
}

/**
 * Brings this machine to where a kind of run works; quick when all is there. The lab's own images are built by the lab.
 * @throws Error that says what is missing and how to get it
 */
export async function setUp(scope: Scope, say: (line: string) => void): Promise<SetUp> {
  await ensurePackages(scope, say);
  // Counterparts of the contract tests are built with it, by scripts.
  if (scope === 'ci') await ensureGo(say);
  const temporalCli = await ensureTemporalCli(say);
  return { temporalCli };
}
