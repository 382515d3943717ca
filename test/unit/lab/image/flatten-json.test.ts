import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'mocha';
import { templatePath } from '../../../../lab/image/context.ts';

const flatten = (value: unknown, space = 0): string[] =>
  execFileSync('busybox', ['awk', '-f', templatePath('flatten-json.awk')], {
    input: JSON.stringify(value, undefined, space),
    encoding: 'utf8',
  })
    .trimEnd()
    .split('\n');

describe('flatten-json.awk (run by busybox)', () => {
  const network = {
    links: [{ id: 'l0', mtu: null }],
    networks: [{ type: 'ipv4', ip_address: '192.0.2.5', routes: [] }, { type: 'ipv4_dhcp' }],
  };
  const lines = [
    'links.0.id=l0',
    'networks.0.type=ipv4',
    'networks.0.ip_address=192.0.2.5',
    'networks.1.type=ipv4_dhcp',
  ];

  it('gives a line for each value that is not null', () => {
    assert.deepEqual(flatten(network), lines);
  });

  it('reads indented JSON the same', () => {
    assert.deepEqual(flatten(network, 2), lines);
  });

  it('reads quotes, backslashes, numbers and booleans', () => {
    assert.deepEqual(flatten({ a: 'say "x" \\ y', b: -1.5e3, c: true, d: {}, e: [] }), [
      'a=say "x" \\ y',
      'b=-1500',
      'c=true',
    ]);
  });
});
