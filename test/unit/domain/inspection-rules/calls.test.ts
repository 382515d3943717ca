import assert from 'node:assert/strict';
import { callOf } from '../../../../domain/inspection-rules/calls.ts';

describe('the call of a rule', () => {
  it('takes the proxy that fits best, as requests does', () => {
    const proxies = {
      all: 'http://192.0.2.1:3128',
      'all://cmdb.example.com': 'http://192.0.2.2:3128',
      http: 'http://192.0.2.3:3128',
      'http://cmdb.example.com': 'http://user:word@192.0.2.4:3128',
    };
    for (const [url, last] of [
      ['http://cmdb.example.com/x', 'user:word@192.0.2.4'],
      ['http://other.example.com/x', '192.0.2.3'],
      ['https://cmdb.example.com/x', '192.0.2.2'],
      ['https://other.example.com/x', '192.0.2.1'],
    ] as const)
      assert.equal(callOf({ url, proxies }).proxy, `http://${last}:3128`, url);
    assert.equal(callOf({ url: 'https://other.example.com/', proxies: { http: 'http://192.0.2.3' } }).proxy, null);
  });

  it('takes numbers as texts too, and Ironic’s values for what isn’t said', () => {
    const { timeoutMs, retries, backoffS } = callOf({ url: 'http://192.0.2.9/', timeout: '1.5', backoff_factor: '2' });
    assert.deepEqual({ timeoutMs, retries, backoffS }, { timeoutMs: 1500, retries: 3, backoffS: 2 });
    const usual = callOf({ url: 'http://192.0.2.9/' });
    assert.deepEqual([usual.timeoutMs, usual.backoffS], [5000, 0.3]);
  });
});
