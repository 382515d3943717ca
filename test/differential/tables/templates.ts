import { around, patch, type Ask, type Table } from '../table.ts';

const T1 = 'eeeeeeee-0000-4000-8000-000000000001';
const R1 = 'ffffffff-0000-4000-8000-000000000001';
const NOBODY = '99999999-9999-4999-8999-999999999999';
const step = { interface: 'bios', step: 'apply_configuration', args: { settings: [] }, priority: 150 };
const task = { interface: 'deploy', step: 'erase_devices', order: 1 };
const template = (body: object): Ask => ({
  send: 'POST /v1/deploy_templates',
  body: { name: 'CUSTOM_A', steps: [step], ...body },
});
const runbook = (body: object, ...at: string[]): Ask => ({
  send: 'POST /v1/runbooks',
  body: { name: 'CUSTOM_A', steps: [task], ...body },
  ...(at.length > 0 && { at }),
});

/** /v1/deploy_templates and /v1/runbooks. */
export const templates: Table = {
  name: 'templates',
  asks: [
    template({ uuid: T1, extra: { a: 1 } }),
    { ...template({}), texts: 'same' },
    { ...template({ uuid: T1, name: 'CUSTOM_B' }), texts: 'same' },
    template({ name: 'plain' }),
    template({ name: 'CUSTOM_B', steps: [] }),
    { ...template({ name: 'CUSTOM_B', steps: [step, step] }), texts: 'same' },
    template({ name: 'CUSTOM_B', steps: [{ ...step, interface: 'network' }] }),
    template({ name: 'CUSTOM_B', steps: [{ ...step, priority: -1 }] }),
    template({ name: 'CUSTOM_B', steps: [{ interface: 'bios', step: 'x', priority: 1 }] }),
    { send: 'GET /v1/deploy_templates/CUSTOM_A', at: around(55) },
    { send: `GET /v1/deploy_templates/${T1}` },
    { send: `GET /v1/deploy_templates/${NOBODY}`, texts: 'same' },
    { send: 'GET /v1/deploy_templates/CUSTOM_Z', texts: 'same' },
    { send: 'GET /v1/deploy_templates', at: around(55) },
    { send: 'GET /v1/deploy_templates?detail=true' },
    { send: 'GET /v1/deploy_templates?limit=1' },
    { send: 'GET /v1/deploy_templates?sort_key=steps', texts: 'same' },
    { send: 'POST /v1/deploy_templates', body: {}, at: ['1.54'], texts: 'same' },
    { send: `PATCH /v1/deploy_templates/${T1}`, body: [patch.set('/name', 'CUSTOM_C')] },
    { send: `PATCH /v1/deploy_templates/${T1}`, body: [patch.set('/steps/7/priority', 9)] },
    { send: `PATCH /v1/deploy_templates/${T1}`, body: [patch.remove('/name')] },
    { send: 'DELETE /v1/deploy_templates/CUSTOM_C', at: ['1.54'], texts: 'same' },
    { send: 'DELETE /v1/deploy_templates/CUSTOM_C' },
    { send: 'DELETE /v1/deploy_templates/CUSTOM_C', texts: 'same' },
    runbook({ uuid: R1, description: 'why' }),
    { ...runbook({}), texts: 'same' },
    runbook({ name: 'plain' }, '1.111'),
    runbook({ name: 'CUSTOM_B', description: 'x' }, '1.111'),
    runbook({ name: 'a b' }),
    { ...runbook({ name: 'CUSTOM_B', steps: [task, task] }), texts: 'same' },
    { send: `GET /v1/runbooks/${R1}`, at: [...around(92), ...around(112)] },
    { send: 'GET /v1/runbooks', at: around(92) },
    { send: 'GET /v1/runbooks?fields=traits', at: around(112) },
    { send: 'GET /v1/runbooks?detail=true' },
    { send: 'POST /v1/runbooks', body: {}, at: ['1.91'], texts: 'same' },
    { send: `PATCH /v1/runbooks/${R1}`, body: [patch.set('/name', 'wipe'), patch.set('/disable_ramdisk', true)] },
    { send: `PATCH /v1/runbooks/${R1}`, body: [patch.add('/traits', ['CUSTOM_A'])], texts: 'same' },
    { send: `PATCH /v1/runbooks/${R1}`, body: [patch.add('/description', 'x')], at: ['1.111'], texts: 'same' },
    { send: 'GET /v1/runbooks/wipe/traits', at: around(112) },
    { send: 'PUT /v1/runbooks/wipe/traits', body: { traits: ['CUSTOM_B', 'CUSTOM_A'] } },
    { send: 'PUT /v1/runbooks/wipe/traits/CUSTOM_C' },
    { send: 'PUT /v1/runbooks/wipe/traits/small' },
    { send: 'GET /v1/runbooks/wipe/traits' },
    { send: 'GET /v1/runbooks/wipe' },
    { send: 'DELETE /v1/runbooks/wipe/traits/CUSTOM_NONE' },
    { send: 'DELETE /v1/runbooks/wipe/traits' },
    { send: 'GET /v1/runbooks/nobody', texts: 'same' },
    { send: 'GET /v1/runbooks/a%20b', texts: 'same' },
    { send: 'DELETE /v1/runbooks/wipe' },
    { send: 'DELETE /v1/runbooks/wipe', texts: 'same' },
  ],
};
