import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JsonStream } from '../../../../drivers/switch/ovs/json-stream.ts';

describe('JsonStream', () => {
  it('finds the objects wherever the stream is cut', () => {
    const objects = fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), { maxLength: 4 });
    fc.assert(
      fc.property(objects, fc.array(fc.nat(40)), (values, cuts) => {
        const bytes = Buffer.from(values.map((value) => JSON.stringify(value)).join('\n'));
        const stream = new JsonStream();
        const found: unknown[] = [];
        let offset = 0;
        for (const cut of [...cuts, bytes.length]) {
          found.push(...stream.push(bytes.subarray(offset, offset + cut)));
          offset += cut;
        }
        assert.deepEqual(found, JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  it('is not misled by braces and quotes within strings', () => {
    const stream = new JsonStream();
    assert.deepEqual(stream.push(Buffer.from(String.raw`{"a":"}{\"}","b":"\\"}{"c":{}}`)), [
      { a: '}{"}', b: '\\' },
      { c: {} },
    ]);
  });

  it('refuses what is no JSON and what is too large', () => {
    assert.throws(() => new JsonStream().push(Buffer.from('}')), SyntaxError);
    assert.throws(() => new JsonStream().push(Buffer.from('{nonsense}')), SyntaxError);
    assert.throws(() => new JsonStream(10).push(Buffer.from('{"a":"12345678')), RangeError);
  });
});
