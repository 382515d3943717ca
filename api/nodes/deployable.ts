import type { Queryable } from '../../db/pool.ts';
import type { HardwareTypeFacts } from '../../db/workers.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { checkSteps } from '../../domain/step-checks.ts';
import type { Step } from '../../domain/steps.ts';
import { hardwareTypeOfSite } from '../hardware.ts';
import { deployProblem, missingDriverInfo } from './validate.ts';

/**
 * Refuses a deployment that can't succeed, from what is known without touching the machine.
 * Steps that the driver doesn't know may be the agent's: these are looked at once it runs.
 * @throws BareMetalError `MissingParameterValue`, `InvalidParameterValue`, `NoFreeWorker`
 */
export async function requireDeployable(db: Queryable, node: Node, steps: readonly Step[] = []): Promise<void> {
  const facts = await hardwareTypeOfSite(db, node.driver, node.conductorGroup);
  const problem = missingDriverInfo(facts, node, 'power') ?? deployProblem(facts, node);
  if (problem === undefined) return refuseWrongSteps(facts, node, steps);
  throw new BareMetalError(
    'MissingParameterValue',
    `Failed to validate deploy or power info for node ${node.uuid}. Error: ${problem}`,
  );
}

function refuseWrongSteps({ deploySteps = [] }: HardwareTypeFacts, node: Node, steps: readonly Step[]): void {
  const offered = deploySteps.filter((step) => !node.interfaces[step.interface].startsWith('no-'));
  const { faults } = checkSteps(steps, { kind: 'deploy', offered });
  if (faults.length === 0) return;
  throw new BareMetalError(
    'InvalidParameterValue',
    `Validation of deploy steps from "deploy steps" argument failed. ${faults.join('; ')}.`,
  );
}
