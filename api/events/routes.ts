import { z } from 'zod';
import { macAddress, uuidText } from '../query-values.ts';
import { route, type Route } from '../route.ts';

const Event = z.strictObject({
  event: z.enum(['network.bind_port', 'network.unbind_port', 'network.delete_port'], {
    error: (issue) => `${JSON.stringify(issue.input)} is not a known event`,
  }),
  port_id: uuidText,
  mac_address: macAddress,
  status: z.string(),
  device_id: uuidText.nullish(),
  'binding:host_id': uuidText.nullish(),
  'binding:vnic_type': z.string().nullish(),
});

/** POST /v1/events: what Neutron tells of its ports. As Ironic 39 does, Anneal takes them and waits for none. */
export function eventRoutes(): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/events',
      rule: 'baremetal:events:post',
      since: 54,
      refusal: { message: 'The API is not supported for this version', isFault: true },
      bodyName: 'events',
      body: z.strictObject({ events: z.array(Event).min(1) }),
      run: () => ({ status: 204 }),
    }),
  ];
}
