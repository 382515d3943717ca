import { withoutDisallowed } from '../domain/disallowed-steps.ts';
import { automaticSteps, byPriority, stepKey, type Step } from '../domain/steps.ts';
import { startAgent } from './agent-boot.ts';
import type { OperationInput } from './messages.ts';
import { finish, runOperation, type Operation, type OperationResult } from './operation.ts';
import { images } from './proxies.ts';
import { PREPARE_BOOT, WRITE_IMAGE } from './own-steps.ts';
import { listSteps, requireAllowed, requireOffered, runSteps } from './steps.ts';
import { startTenant } from './tenant-boot.ts';

/** Deploys a tenant's image and starts it on the tenant's networks. */
export function deployNode(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, deployMachine);
}

/** What a deployment by the agent can't do without. */
const BY_AGENT = [WRITE_IMAGE, PREPARE_BOOT];

/** The recipe of a deployment, and of a rebuild. */
export async function deployMachine(node: Operation): Promise<void> {
  requireAllowed(node, 'deploy', [...(node.plan.usesAgent ? BY_AGENT : []), ...(node.input.args.steps ?? [])]);
  if (node.plan.usesAgent) await prepareImage(node);
  await startAgent(node, { purpose: 'provisioning', resetBios: false, awaited: 'heartbeat' });
  await runSteps(node, 'deploy', await deploySteps(node));
  await startTenant(node);
  await finish(node, 'done', 'The tenant’s system was started on its networks; the node is active.');
}

/** The image is fetched and checked before the machine is touched. */
async function prepareImage(node: Operation): Promise<void> {
  const { nodeUuid } = node.plan;
  node.progress.now('fetching and checking the image');
  await images.prepareImage.executeWithOptions({ summary: 'fetch and check the image' }, [{ nodeUuid }]);
}

/** Anneal's own steps, and those that the request and the deploy templates add or change by their names. */
async function deploySteps(node: Operation): Promise<Step[]> {
  const { plan } = node;
  const own = plan.usesAgent ? BY_AGENT : withoutDisallowed(plan.steps.deploy, plan.disallowedSteps?.deploy);
  const asked = askedSteps(node);
  if (asked.length === 0) return automaticSteps(own, plan.stepPriorities.deploy);
  const offered = [...own, ...(await listSteps(node, 'deploy'))];
  requireOffered(asked, { operation: node, kind: 'deploy', offered });
  const kept = own.filter((step) => !isNamed(asked, step));
  return [
    ...automaticSteps(kept, plan.stepPriorities.deploy),
    ...asked.filter(({ priority }) => priority > 0),
  ].toSorted(byPriority);
}

/** What the request says of a step counts more than what a template says of it. */
function askedSteps({ plan, input }: Operation): readonly Step[] {
  const requested = input.args.steps ?? [];
  const ofTemplates = withoutDisallowed(plan.templateSteps, plan.disallowedSteps?.deploy);
  return [...requested, ...ofTemplates.filter((step) => !isNamed(requested, step))];
}

function isNamed(steps: readonly Step[], step: Step): boolean {
  return steps.some((other) => stepKey(other) === stepKey(step));
}
