import { MAX_VERSION, MIN_VERSION } from '../microversion.ts';
import { route, type Route } from '../route.ts';

function versionDocument(origin: string) {
  return {
    id: 'v1',
    links: [{ href: `${origin}/v1/`, rel: 'self' }],
    status: 'CURRENT',
    min_version: `1.${MIN_VERSION}`,
    version: `1.${MAX_VERSION}`,
  };
}

function rootDocument(origin: string) {
  const version = versionDocument(origin);
  return {
    name: 'OpenStack Ironic API',
    description: 'Ironic is an OpenStack project which enables the provision and management of baremetal machines.',
    default_version: version,
    versions: [version],
  };
}

/** The collections that /v1 links to and the version that each came with. */
const COLLECTIONS = [
  ['chassis', 1],
  ['nodes', 1],
  ['ports', 1],
  ['drivers', 1],
  ['lookup', 22],
  ['heartbeat', 22],
  ['portgroups', 23],
  ['volume', 32],
  ['conductors', 49],
  ['allocations', 52],
  ['events', 54],
  ['deploy_templates', 55],
  ['shards', 82],
  ['continue_inspection', 84],
  ['runbooks', 92],
  ['inspection_rules', 96],
] as const;

function v1Document(origin: string, version: number) {
  const served = COLLECTIONS.filter(([, since]) => version >= since);
  const links = served.map(([name]) => [
    name,
    [
      { href: `${origin}/v1/${name}/`, rel: 'self' },
      { href: `${origin}/${name}/`, rel: 'bookmark' },
    ],
  ]);
  return {
    id: 'v1',
    links: [
      { href: `${origin}/v1/`, rel: 'self' },
      {
        href: 'https://docs.openstack.org//ironic/latest/contributor//webapi.html',
        rel: 'describedby',
        type: 'text/html',
      },
    ],
    media_types: { base: 'application/json', type: 'application/vnd.openstack.ironic.v1+json' },
    ...(Object.fromEntries(links) as Record<string, unknown>),
    version: versionDocument(origin),
  };
}

/** GET / and GET /v1: what clients read before they choose a version. */
export function versionRoutes(): Route[] {
  return [
    route({
      method: 'get',
      path: '/',
      open: true,
      run: ({ context }) => ({ status: 200, body: rootDocument(context.origin) }),
    }),
    route({
      method: 'get',
      path: '/v1',
      open: true,
      run: ({ context }) => ({ status: 200, body: v1Document(context.origin, context.version) }),
    }),
  ];
}
