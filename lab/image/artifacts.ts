import { agentRamdisk } from './agent-ramdisk.ts';
import { cacheDirectory } from './cache.ts';
import { osImage } from './os-image.ts';

/** Paths of everything that the lab's machines boot. */
export interface Artifacts {
  /** Kernel and initrd of the agent, for iPXE. */
  readonly kernel: string;
  readonly initrd: string;
  /** The agent's root filesystem: a CD of the machine, or fetched over HTTP. */
  readonly agentSquashfs: string;
  /** Whole disk image for deployments. */
  readonly osImageRaw: string;
  readonly osImageRawSha256: string;
  readonly osImageQcow2: string;
  readonly osImageQcow2Sha256: string;
}

/** Where {@link ensureArtifacts} builds and who hears of it. */
export interface ArtifactOptions {
  /** Default: `ANNEAL_CACHE`, else `~/.cache/anneal`. */
  readonly cache?: string;
  readonly log?: (line: string) => void;
}

/** Builds what is missing, once; later calls only look. The agent part needs root the first time. */
export const ensureArtifacts = async (options: ArtifactOptions = {}): Promise<Artifacts> => {
  const context = { cache: options.cache ?? cacheDirectory(), log: options.log ?? ((): void => undefined) };
  const os = await osImage(context);
  const agent = await agentRamdisk(context);
  return {
    kernel: agent.kernel,
    initrd: agent.initrd,
    agentSquashfs: agent.squashfs,
    osImageRaw: os.raw,
    osImageRawSha256: os.rawSha256,
    osImageQcow2: os.qcow2,
    osImageQcow2Sha256: os.qcow2Sha256,
  };
};
