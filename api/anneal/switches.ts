import { z } from 'zod';
import { deleteSwitch, getSwitch, listSwitches, upsertSwitch, type Switch } from '../../db/switches.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/node.ts';
import { parseInput } from '../parse-input.ts';
import { route, type Route } from '../route.ts';
import { maskSecrets, restoreMasked } from '../secrets.ts';
import type { Tools } from '../tools.ts';
import { resourceName } from './names.ts';

const SwitchBody = z.strictObject({
  driver: z.enum(['ovs', 'fake']),
  settings: z.record(z.string(), z.unknown()),
});

/** /anneal/v1/switches: how each switch is reached. */
export function switchRoutes({ db }: Tools): Route[] {
  const find = async (name: string): Promise<Switch> => {
    const found = await getSwitch(db, name);
    if (found === undefined) throw new BareMetalError('NotFound', `There is no switch "${name}".`);
    return found;
  };
  return [
    route({
      method: 'get',
      path: '/anneal/v1/switches',
      rule: 'anneal:switch:get',
      run: async () => ({ status: 200, body: { switches: (await listSwitches(db)).map(switchView) } }),
    }),
    route({
      method: 'get',
      path: '/anneal/v1/switches/:switch',
      rule: 'anneal:switch:get',
      run: async ({ params }) => ({ status: 200, body: switchView(await find(params['switch'] ?? '')) }),
    }),
    route({
      method: 'put',
      path: '/anneal/v1/switches/:switch',
      rule: 'anneal:switch:create',
      bodyName: 'switch',
      body: SwitchBody,
      run: async ({ params, body }) => {
        const name = parseInput(resourceName, params['switch'], 'switch') ?? '';
        const settings = await keptSecrets({ db }, name, body.settings);
        return { status: 200, body: switchView(await upsertSwitch(db, { name, driver: body.driver, settings })) };
      },
    }),
    route({
      method: 'delete',
      path: '/anneal/v1/switches/:switch',
      rule: 'anneal:switch:delete',
      run: async ({ params }) => {
        const { name } = await find(params['switch'] ?? '');
        await deleteSwitch(db, name);
        return { status: 204 };
      },
    }),
  ];
}

async function keptSecrets({ db }: Pick<Tools, 'db'>, name: string, sent: JsonObject): Promise<JsonObject> {
  const before = await getSwitch(db, name);
  return before === undefined ? sent : restoreMasked(sent, before.settings);
}

function switchView({ name, driver, settings, createdAt }: Switch) {
  return { name, driver, settings: maskSecrets(settings), created_at: createdAt.toISOString() };
}
