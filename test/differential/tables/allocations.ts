import { around, patch, type Ask, type Table } from '../table.ts';

const NODE = '11111111-1111-4111-8111-111111111111';
const A1 = 'abababab-0000-4000-8000-000000000001';
const RULE = 'acacacac-0000-4000-8000-000000000001';
const NOBODY = '99999999-9999-4999-8999-999999999999';
const post = (body: object, ...at: string[]): Ask => ({
  send: 'POST /v1/allocations',
  body: { resource_class: 'none-has-it', ...body },
  ...(at.length > 0 && { at }),
});
const action = { op: 'set-attribute', args: { path: 'extra/rack', value: '7' } };
const condition = { op: '!eq', args: { values: ['{inventory[hostname]}', 'x'] }, loop: ['a'] };
const rule = (body: object): Ask => ({ send: 'POST /v1/inspection_rules', body: { actions: [action], ...body } });

/** /v1/allocations, shards, events and inspection rules. */
export const allocations: Table = {
  name: 'allocations',
  asks: [
    { send: 'POST /v1/nodes', body: { driver: 'fake-hardware', uuid: NODE, name: 'one', shard: 's' } },
    post({ uuid: A1, name: 'job', extra: { a: 1 }, traits: ['CUSTOM_A'] }),
    { send: 'GET /v1/shards', at: around(82) },
    { ...post({ name: 'job' }), texts: 'same' },
    { ...post({ uuid: A1 }), texts: 'same' },
    post({ name: 'a b' }),
    post({ traits: ['bad'] }),
    post({ candidate_nodes: ['nobody'] }),
    post({ owner: 'x', name: 'owned' }, '1.59'),
    post({ node: 'one' }, '1.57'),
    post({ node: 'nobody' }),
    post({}, '1.51'),
    { send: 'POST /v1/allocations', body: {}, texts: 'same' },
    { send: `GET /v1/allocations/${A1}?fields=name,extra,traits,candidate_nodes,node_uuid`, at: around(52) },
    { send: `GET /v1/allocations/${A1}?fields=owner`, at: around(60) },
    { send: `GET /v1/allocations/${NOBODY}`, texts: 'same' },
    { send: 'GET /v1/allocations?fields=name&limit=1' },
    { send: 'GET /v1/allocations?resource_class=other' },
    { send: 'GET /v1/allocations?state=active' },
    { send: 'GET /v1/allocations?sort_key=traits', texts: 'same' },
    { send: 'GET /v1/allocations?node=nobody', texts: 'same' },
    { send: 'GET /v1/allocations', at: ['1.51'], texts: 'same' },
    { send: 'GET /v1/nodes/one/allocation', at: around(52), texts: 'same' },
    { send: 'GET /v1/nodes/nobody/allocation', texts: 'same' },
    { send: 'DELETE /v1/nodes/one/allocation', texts: 'same' },
    { send: `PATCH /v1/allocations/${A1}`, body: [patch.set('/owner', 'x')], texts: 'same' },
    { send: `PATCH /v1/allocations/${A1}`, body: [patch.set('/name', 'x')], at: ['1.56'], texts: 'same' },
    { send: `DELETE /v1/allocations/${A1}` },
    { send: `DELETE /v1/allocations/${A1}`, texts: 'same' },
    { send: 'POST /v1/events', body: { events: [] } },
    {
      send: 'POST /v1/events',
      body: {
        events: [{ event: 'network.bind_port', port_id: NODE, mac_address: 'de:ad:ca:fe:ba:be', status: 'ACTIVE' }],
      },
      at: around(54),
    },
    rule({ uuid: RULE, conditions: [condition], description: 'why', priority: 5 }),
    { ...rule({ uuid: RULE, conditions: [] }), texts: 'same' },
    { ...rule({ priority: 10_000, conditions: [] }), texts: 'same' },
    { ...rule({ phase: 'late', conditions: [] }), texts: 'same' },
    rule({ actions: [], conditions: [] }),
    rule({ actions: [{ op: 'explode', args: {} }], conditions: [] }),
    rule({ conditions: [{ op: 'near', args: {} }] }),
    { send: `GET /v1/inspection_rules/${RULE}`, at: around(96) },
    { send: `GET /v1/inspection_rules/${NOBODY}`, texts: 'same' },
    { send: 'GET /v1/inspection_rules' },
    { send: 'GET /v1/inspection_rules?detail=true' },
    { send: 'GET /v1/inspection_rules?fields=bogus', texts: 'same' },
    { send: 'POST /v1/inspection_rules', body: {}, at: ['1.95'], texts: 'same' },
    { send: `PATCH /v1/inspection_rules/${RULE}`, body: [patch.set('/priority', 7), patch.set('/sensitive', true)] },
    { send: `PATCH /v1/inspection_rules/${RULE}`, body: [patch.set('/sensitive', false)] },
    { send: `DELETE /v1/inspection_rules/${RULE}` },
    { send: `DELETE /v1/inspection_rules/${RULE}`, texts: 'same' },
  ],
};
