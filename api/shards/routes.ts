import { countShards } from '../../db/shards.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';

/** /v1/shards. */
export function shardRoutes({ db }: Tools): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/shards',
      rule: 'baremetal:shards:get',
      since: 82,
      refusal: { message: 'The API version does not allow shards', isFault: true },
      run: async () => {
        const shards = await countShards(db);
        // Ironic writes the shard of nodes without one as Python writes nothing; Nova reads the names.
        return { status: 200, body: { shards: shards.map(({ name, count }) => ({ name: name ?? 'None', count })) } };
      },
    }),
  ];
}
