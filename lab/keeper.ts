import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './errors.ts';
import { holdsInLab } from './namespaces.ts';
import type { LabBuilder } from './supervise.ts';

const START_MS = 5_000;

/**
 * What the keeper runs: named namespaces live in /run, which belongs to the host's root, so the
 * lab has a /run of its own.
 */
const SCRIPT =
  'mount -t tmpfs tmpfs /run && mkdir -p /run/netns && ip link set dev lo up && touch /run/anneal-lab && exec sleep infinity';

const REFUSED =
  'The kernel refused a user namespace. Allow it (Debian: sysctl kernel.unprivileged_userns_clone=1; Ubuntu 24.04: sysctl kernel.apparmor_restrict_unprivileged_userns=0), or run the lab as root.';

/**
 * Holds the user, mount and network namespaces in which a rootless lab lives: in there its owner
 * is root over networks, and over nothing else.
 */
export const ensureKeeper = async (builder: LabBuilder): Promise<void> => {
  if (builder.state.mode === 'root') return;
  await builder.ensureProcess('keeper', ['unshare', '-Urnm', 'sh', '-c', SCRIPT]).catch((cause: unknown) => {
    throw new LabError(REFUSED, { cause });
  });
  for (const deadline = Date.now() + START_MS; Date.now() < deadline;) {
    if (await holdsInLab(builder.state, ['test', '-e', '/run/anneal-lab'])) return;
    await sleep(50);
  }
  throw new LabError(REFUSED);
};
