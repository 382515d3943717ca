/** Parts of Ironic's API that Anneal does not serve; a client learns that it isn't its own mistake. */
const NOT_SERVED = [
  '/v1/allocations',
  '/v1/chassis',
  '/v1/deploy_templates',
  '/v1/events',
  '/v1/inspection_rules',
  '/v1/portgroups',
  '/v1/runbooks',
  '/v1/shards',
  '/v1/volume',
];

const NOT_SERVED_OF_NODE =
  /^\/v1\/nodes\/[^/]+\/(allocation|bios|children|firmware|portgroups|vendor_passthru|vmedia|volume|management\/indicators|states\/(boot_mode|console|raid|secure_boot))(\/|$)/;

/** The description of a 404 for a path that no route has. */
export function notServedYet(path: string): string {
  const known = NOT_SERVED.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
  return known || NOT_SERVED_OF_NODE.test(path) ? `Anneal does not serve ${path} yet.` : '';
}
