import { BareMetalError } from '../domain/errors.ts';
import type { InterfaceKind } from '../domain/node.ts';
import type { HardwareType } from './interfaces.ts';

/** The interfaces that an operator enables, by kind; a kind that is not named has all of them. */
export type EnabledInterfaces = Readonly<Partial<Record<InterfaceKind, readonly string[]>>>;

/**
 * The hardware type with those of its interfaces that are enabled, in the operator's order: the first is the default
 * of new nodes (Ironic: enabled_*_interfaces, default_*_interface).
 * @throws BareMetalError `InvalidParameterValue` when none of a kind is left
 */
export function withEnabledInterfaces(type: HardwareType, enabled: EnabledInterfaces): HardwareType {
  const interfaces = Object.entries(type.interfaces).map(([kind, names]) => [
    kind,
    keep({ type: type.name, kind, names }, enabled[kind as InterfaceKind]),
  ]);
  return { ...type, interfaces: Object.fromEntries(interfaces) as HardwareType['interfaces'] };
}

function keep(
  { type, kind, names }: { type: string; kind: string; names: readonly string[] },
  enabled: readonly string[] | undefined,
): readonly string[] {
  if (enabled === undefined) return names;
  const kept = enabled.filter((name) => names.includes(name));
  if (kept.length > 0) return kept;
  throw new BareMetalError(
    'InvalidParameterValue',
    `Hardware type ${type} has no enabled ${kind} interface: it knows ${names.join(', ')}, and ANNEAL_ENABLED_${kind.toUpperCase()}_INTERFACES names ${enabled.join(', ')}.`,
  );
}
