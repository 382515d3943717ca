import { around, VERSIONS, type Ask, type Table } from '../table.ts';

const id = (digit: number): string => `${digit}`.repeat(8) + '-0000-4000-8000-000000000000';
const INSTANCE = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
const driver = 'fake-hardware';

const made: readonly Readonly<Record<string, unknown>>[] = [
  { uuid: id(1), name: 'one', resource_class: 'big', owner: 'alice', shard: 's1', description: 'first of all' },
  { uuid: id(2), name: 'two', resource_class: 'small', lessee: 'alice', shard: 's2', maintenance: true },
  { uuid: id(3), name: 'three', retired: true, instance_uuid: INSTANCE, instance_name: 'web' },
  { uuid: id(4), name: 'four', parent_node: id(1), owner: 'alice' },
];

const get = (query: string, ...at: string[]): Ask => ({
  send: `GET /v1/nodes${query}`,
  ...(at.length > 0 && { at }),
});

/** Each filter: the version that it came with, a value that fits some, one that fits none, and a bad one. */
const filters: readonly (readonly [number, ...string[]])[] = [
  [1, 'associated=true', 'associated=false', 'associated=maybe'],
  [1, 'maintenance=true', 'maintenance=off', 'maintenance=x'],
  [1, `instance_uuid=${INSTANCE}`, `instance_uuid=${id(9)}`, 'instance_uuid=x'],
  [9, 'provision_state=enroll', 'provision_state=active', 'provision_state=nonsense'],
  [16, `driver=${driver}`, 'driver=ipmi'],
  [21, 'resource_class=big', 'resource_class=none'],
  [42, 'fault=power%20failure', 'fault=nonsense'],
  [46, 'conductor_group=', 'conductor_group=elsewhere'],
  [49, 'conductor=elsewhere'],
  [50, 'owner=alice', 'owner=nobody'],
  [51, 'description_contains=first', 'description_contains=nothing'],
  [61, 'retired=true', 'retired=false', 'retired=x'],
  [65, 'lessee=alice', 'lessee=nobody'],
  [65, 'project=alice'],
  [82, 'shard=s1', 'shard=s1,s2', 'shard=none'],
  [82, 'sharded=true', 'sharded=false', 'sharded=x'],
  [83, `parent_node=${id(1)}`, `parent_node=${id(9)}`, 'parent_node=x'],
  [83, 'include_children=true', 'include_children=false', 'include_children=x'],
  [104, 'instance_name=web', 'instance_name=none'],
];

/** GET /v1/nodes and /v1/nodes/detail: fields by version, filters, pages, order. */
export const nodeList: Table = {
  name: 'node-list',
  asks: [
    get(''),
    ...made.map((fields): Ask => ({ send: 'POST /v1/nodes', body: { driver, ...fields } })),
    get('', ...VERSIONS),
    get('/detail', ...VERSIONS),
    ...filters.flatMap(([since, ...words]) =>
      words.map((word) => get(`?${word}`, ...(since > 1 ? around(since) : ['1.1']), 'latest')),
    ),
    ...filters.map(([, word]) => get(`/detail?${word ?? ''}`)),
    get('?detail=True', ...around(43)),
    get('?detail=false', 'latest'),
    get('?detail=x'),
    get('?fields=uuid,name', ...around(8)),
    get('?fields=name,chassis_uuid,conductor,allocation_uuid'),
    get('?fields=UUID,%20name'),
    get('?fields=ports'),
    get('?fields=nonsense'),
    get('?fields=owner', ...around(50)),
    get('?fields=uuid&detail=true'),
    get('?fields=traits,driver_info'),
    get('?limit=1', '1.1', 'latest'),
    get('?limit=2&sort_key=name&sort_dir=desc'),
    get(`?marker=${id(1)}`),
    get(`?marker=${id(1)}&limit=1&sort_key=name`),
    get(`?marker=${id(9)}`),
    get('?marker=x'),
    get('?limit=0'),
    get('?limit=-1'),
    get('?limit=x'),
    get('?limit=100000'),
    get('/detail?limit=1'),
    get('?sort_key=name'),
    get('?sort_key=owner', ...around(50)),
    get('?sort_key=driver_info'),
    get('?sort_key=traits'),
    get('?sort_key=nonsense'),
    get('?sort_dir=up'),
    get('?sort_key=provision_state&sort_dir=desc'),
    get('?limit=1&owner=alice'),
    get('?limit=1&maintenance=false'),
    get('?limit=1&fields=uuid'),
    get('?nonsense=1'),
    get('/?limit=1'),
    ...['', '?fields=uuid', '?fields=nonsense', '?nonsense=1', '?fields='].map((query) => get(`/${id(1)}${query}`)),
    get(`/${id(1)}`, ...VERSIONS),
    get('/one', ...VERSIONS),
    get(`/${id(9)}`, '1.1', 'latest'),
    get('/nobody', '1.1', '1.5', 'latest'),
    get('/has%20space', '1.1', 'latest'),
    get('/ports'),
    get(`/${id(1)}/children`, ...around(83)),
    get('/one/children'),
    get('/nobody/children'),
    get(`/${id(2)}/children`),
    get(`/${id(4)}`),
    get(`/${id(1)}/nonsense`),
  ],
};
