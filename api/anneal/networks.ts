import { z } from 'zod';
import { deleteNetwork, getNetworkByNameOrUuid, insertNetwork, listNetworks, type Network } from '../../db/networks.ts';
import { listNodesWithVif } from '../../db/vifs.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { AGENT_PURPOSES } from '../../domain/node.ts';
import { resourceName } from './names.ts';
import { orAbsent, uuidText } from '../query-values.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';

const NewNetworkBody = z.strictObject({
  name: resourceName,
  vlan: z.int().min(1).max(4094),
  uuid: orAbsent(uuidText),
  purpose: orAbsent(z.enum([...AGENT_PURPOSES, 'parked'])),
  owner: orAbsent(z.string().max(255)),
});

/** /anneal/v1/networks: the VLANs that Anneal puts ports on; a tenant's VIF names one. */
export function networkRoutes({ db }: Tools): Route[] {
  const find = async (id: string): Promise<Network> => {
    const network = await getNetworkByNameOrUuid(db, id);
    if (network === undefined) throw new BareMetalError('NotFound', `There is no network "${id}".`);
    return network;
  };
  return [
    route({
      method: 'get',
      path: '/anneal/v1/networks',
      rule: 'anneal:network:get',
      run: async () => ({ status: 200, body: { networks: (await listNetworks(db)).map(networkView) } }),
    }),
    route({
      method: 'post',
      path: '/anneal/v1/networks',
      rule: 'anneal:network:create',
      bodyName: 'network',
      body: NewNetworkBody,
      run: async ({ body, context }) => {
        const { name, vlan, uuid, purpose, owner } = body;
        const made = await insertNetwork(db, {
          name,
          vlan,
          ...(uuid !== undefined && { uuid }),
          ...(purpose !== undefined && { purpose }),
          ...(owner !== undefined && { owner }),
        });
        return { status: 201, body: networkView(made), location: `${context.origin}/anneal/v1/networks/${made.uuid}` };
      },
    }),
    route({
      method: 'get',
      path: '/anneal/v1/networks/:network',
      rule: 'anneal:network:get',
      run: async ({ params }) => ({ status: 200, body: networkView(await find(params['network'] ?? '')) }),
    }),
    route({
      method: 'delete',
      path: '/anneal/v1/networks/:network',
      rule: 'anneal:network:delete',
      run: async ({ params }) => {
        const network = await find(params['network'] ?? '');
        const users = await listNodesWithVif(db, [network.name, network.uuid]);
        if (users.length > 0) {
          const named = users.join(', ');
          throw new BareMetalError('InvalidState', `Network ${network.name} is used by VIFs of the nodes ${named}.`);
        }
        await deleteNetwork(db, network.uuid);
        return { status: 204 };
      },
    }),
  ];
}

function networkView({ name, uuid, vlan, purpose, owner, createdAt }: Network) {
  return { name, uuid, vlan, purpose, owner, created_at: createdAt.toISOString() };
}
