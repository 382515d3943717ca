import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { NodePlan } from '../activities/records.ts';
import type { ProvisionState } from '../domain/provision-states.ts';
import { SEARCH_ATTRIBUTES } from './messages.ts';

/** What the operator sees of a running operation in the Temporal UI. */
export interface Progress {
  /** The node is in this state now. */
  state(state: ProvisionState): void;
  /** This happens now. */
  now(doing: string): void;
  /** All is over, and this is how it ended. */
  ended(event: string): void;
  /** What happens now, for messages. */
  doing(): string;
}

/** Shows the progress of an operation as current details (markdown) and search attributes. */
export function createProgress(plan: NodePlan): Progress {
  const done: string[] = [];
  let state = plan.provisionState;
  let doing = 'starting';
  const show = () => setCurrentDetails(page(plan, state, doing, done));
  return {
    state(next) {
      state = next;
      const { typedSearchAttributes } = workflowInfo();
      if (typedSearchAttributes.get(SEARCH_ATTRIBUTES.provisionState) !== next) {
        upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.provisionState, value: next }]);
      }
      show();
    },
    now(next) {
      if (doing !== 'starting') done.push(doing);
      doing = next;
      show();
    },
    ended(event) {
      done.push(doing);
      doing = event;
      show();
    },
    doing: () => doing,
  };
}

function page(plan: NodePlan, state: ProvisionState, doing: string, done: readonly string[]): string {
  const title = `**${workflowInfo().workflowType}** ${plan.name ?? plan.nodeUuid} — \`${state}\``;
  return [title, '', `Now: ${doing}`, '', ...done.map((step) => `- [x] ${step}`)].join('\n');
}
