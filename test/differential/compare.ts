/** One field in which two answers differ. */
export interface Difference {
  /** `status`, `headers.location`, `body.nodes[0].name`. */
  readonly field: string;
  readonly ironic: unknown;
  readonly anneal: unknown;
}

/** All fields in which two values differ; members that one side lacks are undefined there. */
export function differences(ironic: unknown, anneal: unknown, field = ''): Difference[] {
  if (Array.isArray(ironic) && Array.isArray(anneal)) return arrayDifferences(ironic, anneal, field);
  if (isObject(ironic) && isObject(anneal)) {
    const names = [...new Set([...Object.keys(ironic), ...Object.keys(anneal)])];
    return names.flatMap((name) => differences(ironic[name], anneal[name], field === '' ? name : `${field}.${name}`));
  }
  return Object.is(ironic, anneal) ? [] : [{ field, ironic, anneal }];
}

function arrayDifferences(ironic: readonly unknown[], anneal: readonly unknown[], field: string): Difference[] {
  if (ironic.length !== anneal.length) return [{ field, ironic, anneal }];
  return ironic.flatMap((value, index) => differences(value, anneal[index], `${field}[${index}]`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Differences as lines for people. */
export function describeDifferences(found: readonly Difference[]): string {
  const show = (value: unknown) => (value === undefined ? '–' : JSON.stringify(value));
  return found
    .map(({ field, ironic, anneal }) => `${field}\n  ironic: ${show(ironic)}\n  anneal: ${show(anneal)}`)
    .join('\n');
}
