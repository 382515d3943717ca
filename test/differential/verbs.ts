import type { Ask } from './table.ts';

/** Where a node comes to rest; Anneal perhaps elsewhere than Ironic. */
type Rest = string | { readonly ironic: string; readonly anneal: string };

/** What a node shows of an operation once it is over. */
const SHOWN =
  'provision_state target_provision_state power_state target_power_state last_error reservation maintenance ' +
  'maintenance_reason fault retired protected clean_step deploy_step service_step instance_uuid instance_name ' +
  'instance_info allocation_uuid raid_config boot_mode secure_boot console_enabled inspection_started_at ' +
  'inspection_finished_at provision_updated_at';

/** Requests that take one node through its life. */
export interface Verbs {
  /** Asks for a verb that is refused, at these versions. */
  refused(target: string, args?: Readonly<Record<string, unknown>>, ...at: string[]): Ask;
  /** Asks for a verb that is done, and for the node once it rests in this state. */
  done(target: string, rest: Rest, args?: Readonly<Record<string, unknown>>): readonly Ask[];
  /** The node as operations leave it. */
  show(): Ask;
}

/** Requests about the provision state of the node of this name. */
export function verbsOf(node: string): Verbs {
  const send = `PUT /v1/nodes/${node}/states/provision` as const;
  const show = (): Ask => ({ send: `GET /v1/nodes/${node}?fields=${SHOWN.replaceAll(' ', ',')}` });
  return {
    show,
    refused: (target, args = {}, ...at) => ({ send, body: { target, ...args }, ...(at.length > 0 && { at }) }),
    done: (target, rest, args = {}) => [{ send, body: { target, ...args }, until: untilAt(node, rest) }, show()],
  };
}

function untilAt(node: string, rest: Rest): NonNullable<Ask['until']> {
  if (typeof rest === 'string') return { node, state: rest };
  return { node, state: rest.ironic, anneal: rest.anneal };
}
