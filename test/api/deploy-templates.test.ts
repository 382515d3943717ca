import assert from 'node:assert/strict';
import { faultOf, startTestApi, type TestApi } from '../support/api.ts';

const STEP = { interface: 'bios', step: 'apply_configuration', args: { settings: [] }, priority: 150 };

describe('API deploy templates', () => {
  let api: TestApi;
  before(async () => {
    api = await startTestApi();
  });
  after(() => api.close());

  const create = (body: object = {}) =>
    api.request('POST', '/v1/deploy_templates', { body: { name: 'CUSTOM_HYPERTHREADING', steps: [STEP], ...body } });

  it('creates, shows, lists, patches and deletes a template', async () => {
    const made = await create();
    assert.equal(made.status, 201, made.text);
    const { uuid } = made.body;
    assert.equal(made.headers.get('Location'), `${api.url}/v1/deploy_templates/${uuid}`);
    assert.deepEqual(made.body.steps, [STEP]);
    assert.deepEqual((await api.request('GET', '/v1/deploy_templates/CUSTOM_HYPERTHREADING')).body, made.body);
    assert.deepEqual((await api.request('GET', '/v1/deploy_templates?detail=1')).body.deploy_templates, [made.body]);
    const [listed] = (await api.request('GET', '/v1/deploy_templates')).body.deploy_templates;
    assert.deepEqual(Object.keys(listed), ['uuid', 'name', 'links']);
    const patch = [
      { op: 'replace', path: '/name', value: 'CUSTOM_HT' },
      { op: 'replace', path: '/steps/0/priority', value: '90' },
      { op: 'add', path: '/steps/-', value: { ...STEP, interface: 'raid' } },
    ];
    const changed = await api.request('PATCH', `/v1/deploy_templates/${uuid}`, { body: patch });
    assert.equal(changed.status, 200, changed.text);
    assert.deepEqual(changed.body.steps, [
      { ...STEP, priority: 90 },
      { ...STEP, interface: 'raid' },
    ]);
    assert.equal((await create({ name: 'CUSTOM_HT' })).status, 409);
    assert.equal((await api.request('DELETE', '/v1/deploy_templates/CUSTOM_HT')).status, 204);
    const gone = await api.request('GET', '/v1/deploy_templates/CUSTOM_HT');
    assert.equal(faultOf(gone), 'Deploy template CUSTOM_HT could not be found.');
  });

  const BAD: [string, object, RegExp][] = [
    ['a name that is no trait', { name: 'fast' }, /name/],
    ['no steps', { steps: [] }, /steps/],
    ['an unknown interface', { steps: [{ ...STEP, interface: 'network' }] }, /"network" is not one of/],
    ['a step without arguments', { steps: [{ interface: 'bios', step: 'x', priority: 1 }] }, /args.* is a required/],
    ['a priority below 0', { steps: [{ ...STEP, priority: -1 }] }, /priority/],
    [
      'the same step twice',
      { steps: [STEP, STEP] },
      /Duplicate deploy steps.*interface: bios, step: apply_configuration/,
    ],
  ];
  for (const [what, body, message] of BAD) {
    it(`refuses ${what}`, async () => {
      const answer = await create(body);
      assert.equal(answer.status, 400, answer.text);
      assert.match(faultOf(answer), message);
    });
  }

  it('masks secrets among the arguments and keeps them when the mask comes back', async () => {
    const steps = [{ ...STEP, args: { ipxe_url: 'http://x', password: 'step-secret' } }];
    const made = await create({ name: 'CUSTOM_SECRET', steps });
    assert.equal(made.text.includes('step-secret'), false);
    const patch = [{ op: 'replace', path: '/steps', value: made.body.steps }];
    await api.request('PATCH', '/v1/deploy_templates/CUSTOM_SECRET', { body: patch });
    const { rows } = await api.database.pool.query(`select steps from deploy_templates where name = 'CUSTOM_SECRET'`);
    assert.deepEqual(rows[0].steps, steps);
  });

  it('is not there before 1.55', async () => {
    assert.equal((await api.request('GET', '/v1/deploy_templates', { version: '1.54' })).status, 404);
    const post = await api.request('POST', '/v1/deploy_templates', { version: '1.54', body: {} });
    assert.equal(post.status, 405);
  });
});
