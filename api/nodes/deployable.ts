import type { Queryable } from '../../db/pool.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { hardwareTypeOfSite } from '../hardware.ts';
import { deployProblem, missingDriverInfo } from './validate.ts';

/**
 * Refuses a deployment that can't succeed, from what is known without touching the machine.
 * @throws BareMetalError `MissingParameterValue`, `NoFreeWorker`
 */
export async function requireDeployable(db: Queryable, node: Node): Promise<void> {
  const facts = await hardwareTypeOfSite(db, node.driver, node.conductorGroup);
  const problem = missingDriverInfo(facts, node, 'power') ?? deployProblem(facts, node);
  if (problem === undefined) return;
  throw new BareMetalError(
    'MissingParameterValue',
    `Failed to validate deploy or power info for node ${node.uuid}. Error: ${problem}`,
  );
}
