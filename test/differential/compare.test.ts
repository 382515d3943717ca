import assert from 'node:assert/strict';
import { accepts, parseAccepted } from './accepted.ts';
import { differences } from './compare.ts';
import { normalise, type Surroundings } from './normalise.ts';

const GIVEN = '11111111-1111-4111-8111-111111111111';
const MADE = '22222222-2222-4222-8222-222222222222';

describe('differences', () => {
  it('names each field that differs, also one that only one side has', () => {
    const ironic = { a: 1, b: { c: [1, 2] }, d: null };
    const anneal = { a: 1, b: { c: [1, 3] }, e: 0 };
    assert.deepEqual(differences(ironic, anneal), [
      { field: 'b.c[1]', ironic: 2, anneal: 3 },
      { field: 'd', ironic: null, anneal: undefined },
      { field: 'e', ironic: undefined, anneal: 0 },
    ]);
  });

  it('shows lists of different length whole', () => {
    assert.deepEqual(differences([1], [1, 2]), [{ field: '', ironic: [1], anneal: [1, 2] }]);
  });

  it('tells null, absent, text and number apart', () => {
    assert.equal(differences({ a: null }, {}).length, 1);
    assert.equal(differences({ a: '1' }, { a: 1 }).length, 1);
  });
});

describe('normalise', () => {
  const around: Surroundings = {
    origin: 'http://127.0.0.1:1',
    conductor: 'host-1',
    given: new Set([GIVEN]),
    texts: 'any',
  };
  const bodyOf = (body: unknown, texts: 'same' | 'any' = 'any') =>
    normalise({ status: 200, headers: new Headers(), text: JSON.stringify(body) }, { ...around, texts }).body;

  it('keeps the uuids that were given and numbers those that a server made', () => {
    assert.deepEqual(bodyOf([GIVEN, MADE, `x/${MADE}`]), [GIVEN, '<uuid 1>', 'x/<uuid 1>']);
  });

  it('hides origin, conductor and times, but not what only looks like a time', () => {
    const body = ['http://127.0.0.1:1/v1', 'host-1', '2026-11-28T00:00:00.123456+00:00', '2026-11-28 00:00:00'];
    assert.deepEqual(bodyOf(body), ['http://server/v1', '<conductor>', '<time>', '2026-11-28 00:00:00']);
  });

  it('reads the JSON inside an error and keeps its wording apart', () => {
    const body = { error_message: JSON.stringify({ faultcode: 'Client', faultstring: 'No.', debuginfo: null }) };
    assert.deepEqual(bodyOf(body), {
      error_message: { faultcode: 'Client', faultstring: { wording: 'No.' }, debuginfo: null },
    });
    assert.deepEqual(bodyOf(body, 'same'), {
      error_message: { faultcode: 'Client', faultstring: 'No.', debuginfo: null },
    });
  });
});

describe('accepted differences', () => {
  const page =
    '## nodes\n\n| request | field | reason |\n| --- | --- | --- |\n| `GET /v1/n* @*` | `body.a[0].*` | because |\n';

  it('are rows below a heading', () => {
    assert.deepEqual(parseAccepted(page), [
      { table: 'nodes', request: 'GET /v1/n* @*', field: 'body.a[0].*', reason: 'because' },
    ]);
  });

  it('need a reason', () => {
    assert.throws(() => parseAccepted('| `GET /` | `body` |  |'), /expected/);
  });

  it('fit the requests and fields of their patterns only', () => {
    const [row] = parseAccepted(page);
    assert.ok(row);
    const at = (field: string) => ({ field, ironic: 1, anneal: 2 });
    assert.equal(accepts(row, 'GET /v1/nodes @1.1', at('body.a[0].b')), true);
    assert.equal(accepts(row, 'POST /v1/nodes @1.1', at('body.a[0].b')), false);
    assert.equal(accepts(row, 'GET /v1/nodes @1.1', at('body.a[1].b')), false);
  });
});
