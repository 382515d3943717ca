import { patch, type Ask, type Table } from '../table.ts';

const N1 = '11111111-1111-4111-8111-111111111111';
const N2 = '22222222-2222-4222-8222-222222222222';
const G1 = '33333333-3333-4333-8333-333333333333';
const A1 = 'abababab-0000-4000-8000-000000000001';
const driver = 'fake-hardware';
const VERSIONS = ['none', '1.1', '1.90', '1.91', 'latest'];
const get = (path: string, at = VERSIONS): Ask => ({ send: `GET /v1${path}`, at });

/** Paths that end in `.json`, which before 1.91 named the type of the content, and names that do. */
export const jsonSuffix: Table = {
  name: 'json-suffix',
  asks: [
    { send: 'POST /v1/nodes', body: { uuid: N1, name: 'one', driver } },
    { send: 'POST /v1/nodes', body: { uuid: N2, name: 'two.json', driver } },
    { send: 'POST /v1/portgroups', body: { uuid: G1, node_uuid: N1, name: 'bond.json' } },
    { send: 'POST /v1/allocations', body: { uuid: A1, name: 'job.json', resource_class: 'none-has-it' } },
    get('.json', ['1.1', 'latest']),
    get('/nodes.json'),
    get('/nodes.json?fields=name', ['1.8', '1.90']),
    get('/nodes.json/', ['1.90']),
    get(`/nodes/${N1}.json?fields=name`, ['1.90', '1.91']),
    get('/nodes/one.json?fields=name', ['1.90', '1.91']),
    get('/nodes/two.json?fields=name', ['1.90', '1.91']),
    get('/nodes/two.json.json?fields=name', ['1.90', '1.91']),
    get('/nodes/two?fields=name', ['1.90']),
    get('/nodes/nobody.json', ['1.90', '1.91']),
    get('/nodes/one/states.json', ['1.90', '1.91']),
    get('/nodes/two.json/states', ['1.90', '1.91']),
    get('/portgroups/bond.json?fields=name', ['1.90', '1.91']),
    get('/allocations/job.json?fields=name', ['1.90', '1.91']),
    get(`/drivers/${driver}.json`, ['1.90']),
    { send: 'PATCH /v1/nodes/two.json', body: [patch.set('/extra', { a: 1 })], at: ['1.90'] },
    { send: 'DELETE /v1/portgroups/bond.json', at: ['1.90'] },
    { send: 'DELETE /v1/allocations/job.json', at: ['1.90'] },
    { send: 'DELETE /v1/nodes/two.json', at: ['1.90'] },
    { send: 'DELETE /v1/nodes/one.json', at: ['1.90'] },
  ],
};
