import type { Queryable } from '../db/pool.ts';
import { listWorkers, type HardwareTypeFacts } from '../db/workers.ts';
import { BareMetalError } from '../domain/errors.ts';
import { INTERFACE_KINDS, type InterfaceKind } from '../domain/node.ts';

// Workers say that they live every few seconds, so what one said within the last is as good as asked anew.
const FRESH_MS = 1000;

const recent = new WeakMap<Queryable, Map<string, { readonly facts: HardwareTypeFacts; readonly until: number }>>();

/**
 * What the living workers of a site say of a hardware type, or said within the last second.
 * @throws BareMetalError `NoFreeWorker` when no worker of the site lives, `InvalidParameterValue` when none has the type
 */
export async function hardwareTypeOfSite(
  db: Queryable,
  driver: string,
  conductorGroup: string,
): Promise<HardwareTypeFacts> {
  const known = recent.get(db) ?? new Map<string, { facts: HardwareTypeFacts; until: number }>();
  const key = JSON.stringify([driver, conductorGroup]);
  const last = known.get(key);
  if (last !== undefined && last.until > performance.now()) return last.facts;
  const facts = await askedHardwareType(db, driver, conductorGroup);
  recent.set(db, known.set(key, { facts, until: performance.now() + FRESH_MS }));
  return facts;
}

async function askedHardwareType(db: Queryable, driver: string, conductorGroup: string): Promise<HardwareTypeFacts> {
  const workers = await listWorkers(db);
  const living = workers.filter((worker) => worker.alive && worker.conductorGroup === conductorGroup);
  if (living.length === 0 && !workers.some((worker) => worker.alive)) {
    throw new BareMetalError('NoFreeWorker', 'No worker is running; start one and try again.');
  }
  const facts = living.flatMap((worker) => worker.hardwareTypes).find((type) => type.name === driver);
  if (facts !== undefined) return facts;
  throw new BareMetalError(
    'InvalidParameterValue',
    `No valid host was found. Reason: No conductor service registered which supports driver ${driver} for conductor ` +
      `group "${conductorGroup}". Ensure the driver is valid and enabled.`,
  );
}

/** Interfaces that a hardware type doesn't offer at all. */
function absent(kind: InterfaceKind): string {
  return kind === 'network' || kind === 'storage' ? 'noop' : `no-${kind}`;
}

/** The default implementation of each interface kind. */
export function defaultInterface(facts: HardwareTypeFacts, kind: InterfaceKind): string {
  return facts.interfaces[kind]?.[0] ?? absent(kind);
}

/** The implementations of an interface kind that a node may name. */
export function enabledInterfaces(facts: HardwareTypeFacts, kind: InterfaceKind): readonly string[] {
  return facts.interfaces[kind] ?? [absent(kind)];
}

/**
 * All interfaces of a node: those asked for, checked, and the defaults of the others.
 * @throws BareMetalError `InvalidParameterValue`
 */
export function resolveInterfaces(
  facts: HardwareTypeFacts,
  wanted: Readonly<Partial<Record<InterfaceKind, string | null>>>,
): Record<InterfaceKind, string> {
  const chosen = INTERFACE_KINDS.map((kind) => {
    const name = wanted[kind] ?? null;
    if (name === null) return [kind, defaultInterface(facts, kind)];
    const enabled = enabledInterfaces(facts, kind);
    if (enabled.includes(name)) return [kind, name];
    throw new BareMetalError(
      'InvalidParameterValue',
      `Could not find the ${kind} interface ${name} of the driver ${facts.name}. Valid interfaces are: ${enabled.join(', ')}.`,
    );
  });
  return Object.fromEntries(chosen) as Record<InterfaceKind, string>;
}
