import assert from 'node:assert/strict';
import { abortedMessage, tellsOfAbort } from '../../../domain/aborted.ts';

describe('what last_error says of an abort', () => {
  it('has the word by which Metal3 tells an abort from a failure', () => {
    // baremetal-operator, pkg/provisioner/ironic/inspecthardware.go: strings.Contains(LastError, "aborted").
    assert.match(abortedMessage('inspecting', 'waiting'), /\baborted\b/);
  });

  it('is known again, also as earlier workflows wrote it', () => {
    assert.ok(tellsOfAbort(abortedMessage('cleaning', 'step 1 of 2')));
    assert.ok(tellsOfAbort('Aborted on request in state "cleaning" (step 1 of 2).'));
    assert.ok(!tellsOfAbort('The BMC is silent.'));
  });
});
