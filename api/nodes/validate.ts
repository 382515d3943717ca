import type { HardwareTypeFacts } from '../../db/workers.ts';
import { listPortsOfNode } from '../../db/ports.ts';
import type { Queryable } from '../../db/pool.ts';
import type { InterfaceKind, JsonObject, Node, Port } from '../../domain/node.ts';
import { sourceProblem } from '../../domain/image-source.ts';
import { hardwareTypeOfSite } from '../hardware.ts';
import { unsupported } from '../unsupported.ts';

/** The interfaces that N/validate speaks of, in Ironic's order. */
const VALIDATED: readonly InterfaceKind[] = [
  'boot',
  'deploy',
  'management',
  'network',
  'power',
  'bios',
  'console',
  'firmware',
  'inspect',
  'raid',
  'rescue',
  'storage',
];

/** What N/validate says of one interface. */
interface Verdict {
  readonly result: boolean;
  readonly reason?: string;
}

/** Says of each interface of a node whether it has what it needs, without touching the machine. */
export async function validateNode(db: Queryable, node: Node): Promise<Record<string, Verdict>> {
  const facts = await hardwareTypeOfSite(db, node.driver, node.conductorGroup);
  const ports = await listPortsOfNode(db, node.uuid);
  return Object.fromEntries(VALIDATED.map((kind) => [kind, verdictOn(facts, node, ports, kind)]));
}

function verdictOn(facts: HardwareTypeFacts, node: Node, ports: readonly Port[], kind: InterfaceKind): Verdict {
  if (node.interfaces[kind].startsWith('no-')) {
    return { result: false, reason: unsupported(node.driver, kind).message };
  }
  const reason = missingDriverInfo(facts, node, kind) ?? PROBLEMS[kind]?.(facts, node, ports);
  return reason === undefined ? { result: true } : { result: false, reason };
}

const PROBLEMS: Readonly<
  Partial<Record<InterfaceKind, (facts: HardwareTypeFacts, node: Node, ports: readonly Port[]) => string | undefined>>
> = {
  deploy: (facts, node) => deployProblem(facts, node),
  boot: (facts, node, ports) => bootProblem(facts, node, ports),
  network: (_facts, node, ports) => networkProblem(node, ports),
};

/** Names the driver_info fields that an interface needs and the node lacks. */
export function missingDriverInfo(facts: HardwareTypeFacts, node: Node, kind: InterfaceKind): string | undefined {
  const missing = (facts.required[kind] ?? []).filter((name) => isBlank(node.driverInfo[name]));
  return missing.length === 0
    ? undefined
    : `The following parameters are missing in the node's driver_info: ${missing.join(', ')}.`;
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** What instance_info lacks, or says wrongly, for a deployment by the agent. */
export function deployProblem(
  facts: HardwareTypeFacts,
  { instanceInfo }: Pick<Node, 'instanceInfo'>,
): string | undefined {
  if (!facts.usesAgent) return undefined;
  const { image_source: source } = instanceInfo;
  if (isBlank(source)) {
    return "Cannot validate image information because image_source is missing in the node's instance_info.";
  }
  const problem = sourceProblem(String(source));
  if (problem !== undefined) return `instance_info/image_source: ${problem}.`;
  return hasChecksum(instanceInfo)
    ? undefined
    : 'instance_info needs image_checksum, or image_os_hash_algo and image_os_hash_value.';
}

function hasChecksum(info: JsonObject): boolean {
  return (
    !isBlank(info['image_checksum']) || (!isBlank(info['image_os_hash_algo']) && !isBlank(info['image_os_hash_value']))
  );
}

function bootProblem(facts: HardwareTypeFacts, _node: Node, ports: readonly Port[]): string | undefined {
  if (!facts.usesAgent || ports.some((port) => port.pxeEnabled)) return undefined;
  return 'The node has no port with pxe_enabled: the agent is booted through one.';
}

function networkProblem(node: Node, ports: readonly Port[]): string | undefined {
  if (node.interfaces.network === 'noop') return undefined;
  const unplugged = ports.filter(
    ({ localLinkConnection: link }) => isBlank(link.port_id) || (isBlank(link.switch_info) && isBlank(link.switch_id)),
  );
  return unplugged.length === 0
    ? undefined
    : `local_link_connection lacks port_id, and switch_info or switch_id, on the ports ${unplugged.map(({ address }) => address).join(', ')}.`;
}
