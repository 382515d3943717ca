import assert from 'node:assert/strict';
import { isAllowedUrl, MOST_TRIES, parseHosts, pauseAfter } from '../../../domain/webhooks.ts';

describe('where webhooks may go', () => {
  const allowed = parseHosts(' Hooks.example.com, 127.0.0.1:8080 ,*.intern.example.com,');

  for (const url of [
    'https://hooks.example.com/anneal',
    'https://HOOKS.example.com:8443/x',
    'http://127.0.0.1:8080/',
    'https://a.b.intern.example.com/',
  ]) {
    it(`is ${url}`, () => assert.ok(isAllowedUrl(url, allowed)));
  }

  for (const url of [
    'https://example.com/',
    'https://hooks.example.com.evil.test/',
    'http://127.0.0.1/',
    'http://127.0.0.1:9090/',
    'http://0x7f000001:9090/',
    'http://[::1]:8080/',
    'https://intern.example.com/',
    'https://evilintern.example.com/',
    'https://user:secret@hooks.example.com/',
    'ftp://hooks.example.com/',
    'file:///etc/passwd',
    'hooks.example.com',
  ]) {
    it(`is not ${url}`, () => assert.ok(!isAllowedUrl(url, allowed)));
  }

  it('is nowhere when nobody named a host', () => {
    assert.ok(!isAllowedUrl('https://hooks.example.com/', parseHosts('')));
  });

  it('is tried again at growing distances, for about a day', () => {
    assert.deepEqual([1, 2, 3, 4].map(pauseAfter), [5, 10, 20, 40]);
    const pauses = Array.from({ length: MOST_TRIES - 1 }, (_, index) => pauseAfter(index + 1));
    assert.equal(Math.max(...pauses), 3600);
    const hours = pauses.reduce((sum, seconds) => sum + seconds, 0) / 3600;
    assert.ok(hours > 20 && hours < 30, `${hours} h`);
  });
});
