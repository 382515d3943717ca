/** Parts of Ironic's API that Anneal does not serve; a client learns that it isn't its own mistake. */
const NOT_SERVED =
  /^\/v1\/nodes\/[^/]+\/(bios|children|firmware|vendor_passthru|vmedia|management\/indicators|states\/(boot_mode|console|raid|secure_boot))(\/|$)/;

/** The description of a 404 for a path that no route has. */
export function notServedYet(path: string): string {
  return NOT_SERVED.test(path) ? `Anneal does not serve ${path} yet.` : '';
}
