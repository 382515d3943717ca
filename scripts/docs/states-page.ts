import { DEADLINES } from '../../domain/deadlines.ts';
import {
  BUSY_STATES,
  FAILED_STATES,
  HELD_STATES,
  STABLE_STATES,
  TRANSITIONS,
  WAIT_STATES,
  type ProvisionState,
} from '../../domain/provision-states.ts';

const GROUPS: readonly (readonly [string, readonly ProvisionState[]])[] = [
  ['Stable: nothing runs, a node may stay for ever.', STABLE_STATES],
  ['Failed: an operation ended badly; the cause is in `last_error`.', FAILED_STATES],
  ['Held: a step asked for a halt; `unhold` goes on.', HELD_STATES],
  ['Waiting: a workflow waits for the agent, until the deadline.', WAIT_STATES],
  ['Busy: a workflow acts, until the deadline.', BUSY_STATES],
];

/** docs/states.md: the diagram, the states with their deadlines, and every legal move. */
export function statesPage(): string {
  return `${[
    '# Provision states',
    'Generated from `domain/provision-states.ts` and `domain/deadlines.ts` by `npm run docs`; a test keeps it current.',
    ['```mermaid', 'stateDiagram-v2', ...TRANSITIONS.map(arrow), '```'].join('\n'),
    ...GROUPS.map(([title, states]) => `## ${title.split(':')[0]}\n\n${title}\n\n${states.map(stateLine).join('\n')}`),
    `## Every legal move\n\n| from | verb | to |\n| --- | --- | --- |\n${TRANSITIONS.map(row).join('\n')}`,
  ].join('\n\n')}\n`;
}

function arrow({ from, verb, to }: (typeof TRANSITIONS)[number]): string {
  return `  ${idOf(from)} --> ${idOf(to)}: ${verb}`;
}

function row({ from, verb, to }: (typeof TRANSITIONS)[number]): string {
  return `| ${from} | ${verb} | ${to} |`;
}

/** Mermaid wants names without spaces and dashes. */
function idOf(state: ProvisionState): string {
  return state.replaceAll(/[ -]/g, '_');
}

function stateLine(state: ProvisionState): string {
  const deadline = Object.entries(DEADLINES).find(([name]) => name === state)?.[1];
  return deadline === undefined
    ? `- \`${state}\``
    : `- \`${state}\`: at most ${lasting(deadline.seconds)}, else «${deadline.cause}»`;
}

function lasting(seconds: number): string {
  return seconds % 3600 === 0 ? `${seconds / 3600} h` : `${seconds / 60} min`;
}
