import { ApplicationFailure } from '@temporalio/workflow';
import { adoptNode } from './adopt-node.ts';
import { callVendor } from './call-vendor.ts';
import { changeDevice } from './change-device.ts';
import { cleanNode } from './clean-node.ts';
import { deployNode } from './deploy-node.ts';
import { flipNetwork } from './flip-network.ts';
import { injectNmi } from './inject-nmi.ts';
import { inspectNode } from './inspect-node.ts';
import { manageNode } from './manage-node.ts';
import { WORKFLOW_OF_VERB, type OperationInput } from './messages.ts';
import type { OperationResult } from './operation.ts';
import { powerNode } from './power-node.ts';
import { rebuildNode } from './rebuild-node.ts';
import { recoverNode } from './recover-node.ts';
import { rescueNode } from './rescue-node.ts';
import { serviceNode } from './service-node.ts';
import { setBootDevice } from './set-boot-device.ts';
import { stepNode } from './step-node.ts';
import { undeployNode } from './undeploy-node.ts';
import { unrescueNode } from './unrescue-node.ts';

type Recipe = (input: OperationInput) => Promise<OperationResult>;

const RECIPES: Readonly<Record<(typeof WORKFLOW_OF_VERB)[keyof typeof WORKFLOW_OF_VERB], Recipe>> = {
  adoptNode,
  callVendor,
  changeDevice,
  cleanNode,
  deployNode,
  flipNetwork,
  injectNmi,
  inspectNode,
  manageNode,
  powerNode,
  rebuildNode,
  recoverNode,
  rescueNode,
  serviceNode,
  setBootDevice,
  stepNode,
  undeployNode,
  unrescueNode,
};

/**
 * Tells what a verb would do: its own recipe runs, and planning.ts answers its calls instead of making them; the
 * result is a plan. A type of its own, so that a worker from before there were plans refuses it.
 */
export async function planNode(input: OperationInput): Promise<OperationResult> {
  if (!Object.hasOwn(WORKFLOW_OF_VERB, input.verb)) {
    throw ApplicationFailure.nonRetryable(`There is no recipe for ${input.verb}.`, 'UnsupportedDriverExtension');
  }
  return await RECIPES[WORKFLOW_OF_VERB[input.verb as keyof typeof WORKFLOW_OF_VERB]](input);
}
