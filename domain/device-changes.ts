/** Media that a BMC can pretend to have. */
export const MEDIA_DEVICES = ['cdrom', 'floppy', 'disk'] as const;

/** One of them. */
export type MediaDevice = (typeof MEDIA_DEVICES)[number];

/** What can be changed of a machine by one short call of its driver, its provision state apart; no secrets. */
export type DeviceChange =
  | { readonly what: 'boot mode'; readonly target: 'bios' | 'uefi' }
  | { readonly what: 'secure boot'; readonly target: boolean }
  | { readonly what: 'indicator'; readonly component: string; readonly name: string; readonly state: string }
  /** The image's URL may be a secret: it waits in PostgreSQL. */
  | { readonly what: 'attach media'; readonly deviceType: MediaDevice }
  | { readonly what: 'detach media'; readonly deviceTypes: readonly MediaDevice[] }
  | { readonly what: 'console'; readonly enabled: boolean };

/** A kind of change. */
export type DeviceChangeKind = DeviceChange['what'];

/** The change as people read it. */
export function wordsOfChange(change: DeviceChange): string {
  return WORDS[change.what](change as never);
}

const WORDS: { readonly [Kind in DeviceChangeKind]: (change: Extract<DeviceChange, { what: Kind }>) => string } = {
  'boot mode': ({ target }) => `boot mode ${target}`,
  'secure boot': ({ target }) => `secure boot ${target ? 'on' : 'off'}`,
  indicator: ({ component, name, state }) => `indicator ${name}@${component} ${state}`,
  'attach media': ({ deviceType }) => `attach virtual ${deviceType}`,
  'detach media': ({ deviceTypes }) => `detach virtual ${deviceTypes.join(', ')}`,
  console: ({ enabled }) => `console ${enabled ? 'on' : 'off'}`,
};
