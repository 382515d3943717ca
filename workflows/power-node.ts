import { ApplicationFailure } from '@temporalio/workflow';
import type { PowerTarget } from '../domain/node.ts';
import { ensurePower, restart } from './device-calls.ts';
import type { OperationInput } from './messages.ts';
import { finish, runOperation, type Operation, type OperationResult } from './operation.ts';
import { patient } from './proxies.ts';

/** Changes a machine's power; the provision state stays. */
export function powerNode(input: OperationInput): Promise<OperationResult> {
  const { power } = input.args;
  if (power === undefined) throw ApplicationFailure.nonRetryable('powerNode needs args.power', 'InvalidParameterValue');
  return runOperation(input, async (node) => {
    await RECIPES[power.target](node, power.timeoutS ?? undefined);
    await finish(node, null, `Power: ${power.target} done.`);
  });
}

/** A soft power off that is not obeyed fails and leaves the machine on, as in Ironic. */
const RECIPES: Readonly<Record<PowerTarget, (node: Operation, timeoutS?: number) => Promise<void>>> = {
  'power on': (node) => ensurePower(node, 'power on'),
  'power off': (node) => ensurePower(node, 'power off'),
  rebooting: restart,
  'soft power off': (node, timeoutS) => shutDown(node, timeoutS),
  async 'soft rebooting'(node, timeoutS) {
    await shutDown(node, timeoutS);
    await ensurePower(node, 'power on');
  },
};

async function shutDown(node: Operation, wanted: number | undefined): Promise<void> {
  const { nodeUuid, softPowerTimeoutS } = node.plan;
  const timeoutS = wanted ?? softPowerTimeoutS;
  node.progress.now(`shutting down the operating system (at most ${timeoutS} s)`);
  await patient.softPowerOff.executeWithOptions({ summary: 'soft power off' }, [{ nodeUuid, timeoutS }]);
}
