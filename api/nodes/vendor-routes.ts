import { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { unsupported } from '../unsupported.ts';
import { findNode } from './change.ts';
import { nameOf } from './routes.ts';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** /v1/nodes/{node}/vendor_passthru: methods that only one vendor's machines have; no driver of Anneal has any. */
export function vendorRoutes({ db }: Tools): Route[] {
  const path = '/v1/nodes/:node/vendor_passthru';
  return [
    route({
      method: 'get',
      path: `${path}/methods`,
      rule: 'baremetal:node:vendor_passthru',
      run: async ({ params, context }) => {
        await findNode(db, nameOf(params, context));
        return { status: 200, body: {} };
      },
    }),
    // The method stands in the query or, as the command line client has it, in the path.
    ...METHODS.flatMap((method) =>
      [path, `${path}/:method`].map((called) =>
        route({
          method,
          path: called,
          rule: 'baremetal:node:vendor_passthru',
          query: z.looseObject({ method: z.string().optional() }),
          body: z.unknown(),
          run: async ({ params, query, context }) => {
            const node = await findNode(db, nameOf(params, context));
            const name = params['method'] ?? query.method;
            if (name === undefined) throw new BareMetalError('InvalidParameterValue', 'Method not specified');
            throw unsupported(node.driver, 'vendor');
          },
        }),
      ),
    ),
  ];
}
