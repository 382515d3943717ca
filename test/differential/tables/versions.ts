import { VERSIONS, WRONG_VERSIONS, type Table } from '../table.ts';

/** Version documents, negotiation, and what is no resource at all. */
export const versions: Table = {
  name: 'versions',
  asks: [
    { send: 'GET /', at: [...VERSIONS, '1.116'] },
    { send: 'GET /v1', at: VERSIONS },
    { send: 'GET /v1/', at: ['latest'] },
    { send: 'GET /v1', at: WRONG_VERSIONS },
    { send: 'GET /v1/nodes', at: WRONG_VERSIONS },
    { send: 'GET /v1/nodes', at: ['none'], headers: { 'X-OpenStack-Ironic-API-Version': '' } },
    { send: 'GET /v1/nodes', at: ['none'], headers: { 'X-OpenStack-Ironic-API-Version': 'LATEST' } },
    { send: 'GET /v1/nodes', at: ['none'], headers: { 'X-OpenStack-Ironic-API-Version': ' 1.5 ' } },
    { send: 'GET /v1/nothing', at: ['none', '1.1', 'latest'] },
    { send: 'GET /v2', at: ['latest'] },
    { send: 'GET /nodes', at: ['latest'] },
    { send: 'POST /v1', body: {}, at: ['latest'] },
    { send: 'PUT /v1/nodes', body: {}, at: ['latest'] },
    { send: 'DELETE /v1/drivers', at: ['latest'] },
    // Each end point that is younger than the API, one version before it came and with it.
    { send: 'GET /v1/portgroups', at: ['1.22'] },
    { send: 'GET /v1/volume', at: ['1.31'] },
    { send: 'GET /v1/lookup', at: ['1.21'] },
    { send: 'POST /v1/heartbeat/n', body: {}, at: ['1.21'] },
    { send: 'GET /v1/conductors', at: ['1.48', '1.49'] },
    { send: 'GET /v1/allocations', at: ['1.51'] },
    { send: 'POST /v1/events', body: {}, at: ['1.53'] },
    { send: 'GET /v1/deploy_templates', at: ['1.54'] },
    { send: 'GET /v1/shards', at: ['1.81'] },
    { send: 'GET /v1/runbooks', at: ['1.91'] },
    { send: 'GET /v1/inspection_rules', at: ['1.95'] },
  ],
};
