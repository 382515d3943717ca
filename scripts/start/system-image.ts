import type { Artifacts } from '../../lab/image/artifacts.ts';

/** What a node's `instance_info` says for the lab's system image to be written. */
export function systemImage({ osImageRaw, osImageRawSha256 }: Artifacts): Readonly<Record<string, string>> {
  return {
    image_source: `file://${osImageRaw}`,
    image_os_hash_algo: 'sha256',
    image_os_hash_value: osImageRawSha256,
    image_disk_format: 'raw',
  };
}
