import assert from 'node:assert/strict';
import { CIPHER_SUITES, decodeSuiteRecords, offers } from '../../src/codec/cipher-suites.ts';

describe('cipher suite records', () => {
  it('take algorithms in any order and number', () => {
    // C0h id, then tags 00 authentication, 40h integrity, 80h confidentiality (IPMI v2.0 table 22-18).
    const records = decodeSuiteRecords(Uint8Array.of(0xc0, 17, 0x81, 0x03, 0x44, 0x80, 0xc0, 0, 0));
    assert.deepEqual(records, [
      { id: 17, auth: 3, integrity: [4], confidentiality: [1, 0] },
      { id: 0, auth: 0, integrity: [], confidentiality: [] },
    ]);
  });

  it('read OEM records and pass over what is none', () => {
    const records = decodeSuiteRecords(Uint8Array.of(0x55, 0xc1, 0x80, 0xa1, 0x19, 0x00, 0x01, 0x41, 0xc1, 0x81));
    assert.deepEqual(records, [{ id: 0x80, oem: 0x19a1, auth: 1, integrity: [1], confidentiality: [] }]);
  });

  it('offer a suite by its algorithms, not by its number', () => {
    const seventeen = CIPHER_SUITES.get(17);
    assert.ok(seventeen);
    const record = { id: 17, auth: 3, integrity: [4], confidentiality: [1] };
    assert.ok(offers({ ...record, id: 99 }, seventeen));
    assert.ok(!offers({ ...record, integrity: [1] }, seventeen), 'SHA-1 under the number of SHA-256');
    assert.ok(!offers({ ...record, oem: 0x19a1 }, seventeen));
  });
});
