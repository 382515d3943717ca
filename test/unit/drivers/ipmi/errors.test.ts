import assert from 'node:assert/strict';
import { IPMI_ERROR_CODES, IpmiError } from 'ipmi-js';
import type { IpmiErrorCode } from 'ipmi-js';
import { BareMetalError } from '../../../../domain/errors.ts';
import { IPMI_TRANSLATIONS, translateIpmiError } from '../../../../drivers/ipmi/errors.ts';

const FACTS = { doing: 'reading the power state', node: 'rack1', address: '192.0.2.7:623' };
const translate = (code: IpmiErrorCode): unknown =>
  translateIpmiError(new IpmiError(code, 'what the library says'), FACTS);

describe('translateIpmiError', () => {
  it('knows every code of the library but the abort', () => {
    const codes = Object.keys(IPMI_ERROR_CODES).filter((code) => code !== 'IpmiAborted');
    assert.deepEqual(Object.keys(IPMI_TRANSLATIONS).toSorted(), codes.toSorted());
  });

  it('names the node, the act, the BMC, what came back and what to do', () => {
    const error = translate('IpmiSessionsExhausted');
    assert.ok(error instanceof BareMetalError);
    assert.equal(error.code, 'BmcBusy');
    assert.equal(
      error.message,
      'Node rack1: reading the power state failed, the BMC at 192.0.2.7:623 has no free session; it is tried again; close other consoles and tools that hold one. (what the library says)',
    );
  });

  it('lets what may heal be tried again, and stops at what will not', () => {
    const kinds = Object.keys(IPMI_TRANSLATIONS).map((code) => [
      code,
      (translate(code as IpmiErrorCode) as BareMetalError).kind,
    ]);
    assert.deepEqual(Object.fromEntries(kinds), {
      IpmiTimeout: 'retry',
      IpmiUnreachable: 'retry',
      IpmiAuthentication: 'stop',
      IpmiCipherSuite: 'stop',
      IpmiSessionsExhausted: 'wait',
      IpmiBusy: 'wait',
      IpmiUnsupported: 'stop',
      IpmiPrivilege: 'stop',
      IpmiCompletion: 'stop',
      IpmiOutcomeUnknown: 'retry',
      IpmiMalformedReply: 'retry',
      IpmiSol: 'stop',
      IpmiInvalidArgument: 'stop',
      IpmiClosed: 'retry',
    });
  });

  it('gives back anything else as it is', () => {
    const other = new Error('not ours');
    assert.equal(translateIpmiError(other, FACTS), other);
    const aborted = new IpmiError('IpmiAborted', 'aborted');
    assert.equal(translateIpmiError(aborted, FACTS), aborted);
  });
});
