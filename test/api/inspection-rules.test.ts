import assert from 'node:assert/strict';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';

const ACTION = { op: 'set-attribute', args: { path: 'extra/rack', value: '7' } };
const CONDITION = { op: '!eq', args: { values: ['{inventory[hostname]}', 'x'] } };

describe('API inspection rules', () => {
  let api: TestApi;
  before(async () => {
    api = await startTestApi();
  });
  after(() => api.close());

  const create = (body: object = {}) =>
    api.request('POST', '/v1/inspection_rules', { body: { actions: [ACTION], ...body } });

  it('creates, shows, lists, patches and deletes a rule', async () => {
    const loop = { ...CONDITION, loop: ['a'] };
    const made = await create({ conditions: [CONDITION, loop], description: 'why', priority: 7 });
    assert.equal(made.status, 201, made.text);
    const { uuid } = made.body;
    const path = `/v1/inspection_rules/${uuid}`;
    assert.equal(made.headers.get('Location'), `${api.url}${path}`);
    assert.deepEqual(made.body.conditions, [CONDITION, { ...loop, multiple: 'any' }]);
    assert.deepEqual(made.body.actions, [ACTION]);
    assert.deepEqual([made.body.priority, made.body.sensitive, made.body.description], [7, false, 'why']);
    assert.deepEqual((await api.request('GET', path)).body, made.body);
    assert.deepEqual((await api.request('GET', '/v1/inspection_rules?detail=1')).body.inspection_rules, [made.body]);
    const [listed] = (await api.request('GET', '/v1/inspection_rules')).body.inspection_rules;
    assert.deepEqual(Object.keys(listed), ['uuid', 'description', 'priority', 'phase', 'links']);
    const patch = [{ op: 'replace', path: '/actions/0/args/value', value: '8' }];
    const changed = await api.request('PATCH', path, { body: patch });
    assert.equal(changed.body.actions[0].args.value, '8');
    assert.equal((await api.request('DELETE', path)).status, 204);
    assert.equal(faultOf(await api.request('GET', path)), `Rule ${uuid} could not be found.`);
  });

  it('shows nobody what a sensitive rule does, and keeps it so', async () => {
    const made = await create({ sensitive: true });
    assert.deepEqual([made.body.conditions, made.body.actions], [null, null]);
    const patch = [{ op: 'replace', path: '/sensitive', value: false }];
    const refused = await api.request('PATCH', `/v1/inspection_rules/${made.body.uuid}`, { body: patch });
    assert.equal(refused.status, 400);
    assert.match(faultOf(refused), /cannot have the sensitive flag unset/);
    const { rows } = await api.database.pool.query('select actions from inspection_rules where sensitive');
    assert.deepEqual(rows[0].actions, [ACTION]);
  });

  const BAD: [string, object, RegExp][] = [
    ['no actions', { actions: [] }, /actions/],
    ['an unknown action', { actions: [{ op: 'explode', args: {} }] }, /'explode' is not one of \['fail', 'log'/],
    ['an unknown operator', { conditions: [{ op: 'near', args: {} }] }, /'near' is not one of \['eq'/],
    ['an action without its arguments', { actions: [{ op: 'fail', args: {} }] }, /missing required argument\(s\): msg/],
    ['an unknown phase', { phase: 'late' }, /Invalid phase: late/],
    ['a priority that is too high', { priority: 10_000 }, /between 0 and 9999/],
    ['several mistakes', { phase: 'late', priority: -1 }, /Multiple validation errors occurred: Invalid phase.*; Prio/],
  ];
  for (const [what, body, message] of BAD) {
    it(`refuses ${what}`, async () => {
      const answer = await create(body);
      assert.equal(answer.status, 400, answer.text);
      assert.match(faultOf(answer), message);
    });
  }

  it('is not there before 1.96', async () => {
    assert.equal((await api.request('GET', '/v1/inspection_rules', { version: '1.95' })).status, 404);
    const post = await api.request('POST', '/v1/inspection_rules', { version: '1.95', body: {} });
    assert.equal(post.status, 405);
  });
});
