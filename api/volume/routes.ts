import { findNode } from '../nodes/change.ts';
import { nameOf } from '../nodes/find.ts';
import { listOfNodeRoutes, resourceRoutes } from '../resource/routes.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { volumeConnectors, volumeTargets } from './resources.ts';

const since = volumeConnectors.since;

/** /v1/volume and /v1/nodes/{node}/volume. */
export function volumeRoutes(tools: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/volume',
      rule: 'baremetal:volume:get',
      since,
      refusal: { message: 'The API is not supported for this version', isFault: true },
      run: ({ context }) => ({ status: 200, body: rootView(context.origin, 'volume/') }),
    }),
    route({
      method: 'get',
      path: '/v1/nodes/:node/volume',
      rule: 'baremetal:volume:get',
      since,
      run: async ({ params, context }) => {
        const name = nameOf(params, context);
        await findNode(tools.db, name);
        return { status: 200, body: rootView(context.origin, `nodes/${name}/volume/`) };
      },
    }),
    ...resourceRoutes(tools, volumeConnectors),
    ...resourceRoutes(tools, volumeTargets),
    ...listOfNodeRoutes(tools, volumeConnectors, { below: 'volume/connectors', since }),
    ...listOfNodeRoutes(tools, volumeTargets, { below: 'volume/targets', since }),
  ];
}

function rootView(origin: string, path: string) {
  const links = (below: string) => [
    { href: `${origin}/v1/${path}${below}`, rel: 'self' },
    { href: `${origin}/${path}${below}`, rel: 'bookmark' },
  ];
  return { links: links(''), connectors: links('connectors'), targets: links('targets') };
}
