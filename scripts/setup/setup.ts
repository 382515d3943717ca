import { ensureArtifacts } from '../../lab/image/artifacts.ts';
import { ensurePackages, type Scope } from './debian-packages.ts';
import { ensureGo } from './go-toolchain.ts';
import { ensureTemporalCli } from './temporal-cli.ts';

/** What a set-up found or made. */
export interface SetUp {
  /** Path of the Temporal CLI. */
  readonly temporalCli: string;
}

/** The kinds of run that boot the lab's machines. */
const WITH_IMAGES: readonly Scope[] = ['lab', 'ci'];

/**
 * Brings this machine to where a kind of run works; quick when all is there.
 * @throws Error that says what is missing and how to get it
 */
export async function setUp(scope: Scope, say: (line: string) => void): Promise<SetUp> {
  await ensurePackages(scope, say);
  // Counterparts of the contract tests are built with it, by scripts.
  if (scope === 'ci') await ensureGo(say);
  // One waits for the network while the other compiles. Both come to their end, since nothing may go on unwatched.
  const [temporalCli, images] = await Promise.allSettled([
    ensureTemporalCli(say),
    WITH_IMAGES.includes(scope) ? ensureArtifacts({ log: say }) : undefined,
  ]);
  if (temporalCli.status === 'rejected') throw temporalCli.reason;
  if (images.status === 'rejected') throw images.reason;
  return { temporalCli: temporalCli.value };
}
