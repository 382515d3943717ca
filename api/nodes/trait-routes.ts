import { z } from 'zod';
import { addTrait, listTraits, removeTrait, replaceTraits } from '../../db/traits.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { parseInput } from '../parse-input.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { findNode, refuseWhileHeld } from './change.ts';
import { nameOf, nodeOf, unheldNodeOf } from './find.ts';

const MAX_TRAITS = 50;

/**
 * A standard trait by its form (os-traits: words in capitals with a known first word) or a custom one.
 * @see https://docs.openstack.org/os-traits/latest/
 */
export const Trait = z
  .string()
  .max(255)
  .regex(/^(COMPUTE|CUSTOM|HW|MISC|OWNER|STORAGE)_[A-Z0-9_]+$/, {
    error: (issue) => `${JSON.stringify(issue.input)} is neither a standard trait nor CUSTOM_ and A-Z, 0-9, _`,
  });

const since = 37;

/** /v1/nodes/{node}/traits. */
export function traitRoutes(tools: Tools): Route[] {
  return [...allTraitsRoutes(tools), ...oneTraitRoutes(tools)];
}

function allTraitsRoutes({ db }: Tools): Route[] {
  const path = '/v1/nodes/:node/traits';
  return [
    route({
      method: 'get',
      path,
      since,
      rule: 'baremetal:node:traits:list',
      run: async ({ params, context }) => {
        const node = await nodeOf(db, params, context);
        return { status: 200, body: { traits: await listTraits(db, node.uuid) } };
      },
    }),
    route({
      method: 'put',
      path,
      since,
      rule: 'baremetal:node:traits:set',
      body: z.strictObject({ traits: z.array(Trait).max(MAX_TRAITS) }),
      run: async ({ params, body, context }) => {
        const node = await unheldNodeOf(db, params, context);
        await replaceTraits(db, { nodeUuid: node.uuid, traits: [...new Set(body.traits)] });
        return { status: 204 };
      },
    }),
    route({
      method: 'delete',
      path,
      since,
      rule: 'baremetal:node:traits:delete',
      run: async ({ params, context }) => {
        const node = await unheldNodeOf(db, params, context);
        await replaceTraits(db, { nodeUuid: node.uuid, traits: [] });
        return { status: 204 };
      },
    }),
  ];
}

function oneTraitRoutes({ db }: Tools): Route[] {
  const path = '/v1/nodes/:node/traits/:trait';
  return [
    route({
      method: 'put',
      path,
      since,
      rule: 'baremetal:node:traits:set',
      body: z.union([z.undefined(), z.strictObject({})], { error: 'no body goes with a single trait' }),
      run: async ({ params, context }) => {
        const trait = parseInput(Trait, params['trait'], 'trait') ?? '';
        const name = nameOf(params, context);
        const node = await findNode(db, name);
        refuseWhileHeld(node);
        const present = await listTraits(db, node.uuid);
        if (present.length >= MAX_TRAITS && !present.includes(trait)) {
          throw new BareMetalError(
            'InvalidParameterValue',
            `Node ${node.uuid} has ${MAX_TRAITS} traits; that is the most.`,
          );
        }
        await addTrait(db, { nodeUuid: node.uuid, trait });
        return { status: 204, location: `${context.origin}/v1/nodes/${name}/traits/${trait}` };
      },
    }),
    route({
      method: 'delete',
      path,
      since,
      rule: 'baremetal:node:traits:delete',
      run: async ({ params, context }) => {
        const trait = params['trait'] ?? '';
        const node = await unheldNodeOf(db, params, context);
        if (await removeTrait(db, { nodeUuid: node.uuid, trait })) return { status: 204 };
        throw new BareMetalError('NotFound', `Node ${node.uuid} doesn't have a trait '${trait}'`);
      },
    }),
  ];
}
