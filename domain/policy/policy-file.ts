/** One rule of an operator's policy file. */
export interface Override {
  readonly name: string;
  readonly check: string;
  readonly line: number;
}

/**
 * The rules of a policy file as oslo.policy's tools write it: a JSON object, or YAML with one `"name": "check"` in each
 * line.
 * @param path for messages
 * @throws Error that names the line
 */
export function parsePolicyFile(text: string, path: string): Override[] {
  const overrides = text.trimStart().startsWith('{') ? parseJson(text, path) : parseYaml(text, path);
  const seen = new Map<string, number>();
  for (const { name, line } of overrides) {
    const before = seen.get(name);
    if (before !== undefined) throw new Error(`${path}, line ${line}: "${name}" is set in line ${before} already`);
    seen.set(name, line);
  }
  return overrides;
}

// A name and a check in double quotes, as JSON writes them; both may also be single-quoted or, where they have no
// blank in them, bare in YAML.
const QUOTED = /"((?:[^"\\]|\\.)*)"/.source;
const PAIR = new RegExp(`^\\s*(?:${QUOTED}|'([^']*)'|([A-Za-z][\\w:.-]*))\\s*:\\s(?:\\s*)(.*)$`);

function parseYaml(text: string, path: string): Override[] {
  return text.split('\n').flatMap((whole, index): Override[] => {
    const line = index + 1;
    const trimmed = whole.trim();
    if (trimmed === '' || trimmed === '---' || trimmed.startsWith('#')) return [];
    const [, double, single, bare, value = ''] = PAIR.exec(`${whole} `) ?? [];
    const name = double ?? single ?? bare;
    if (name === undefined || /^\s/.test(whole)) throw new Error(`${path}, line ${line}: expected "rule": "check"`);
    return [{ name, check: scalar(value.trim(), `${path}, line ${line}`), line }];
  });
}

/** The text of a YAML scalar in one line. */
function scalar(value: string, where: string): string {
  const [, double, single] = new RegExp(`^(?:${QUOTED}|'((?:[^']|'')*)')\\s*(?:#.*)?$`).exec(value) ?? [];
  if (double !== undefined) return JSON.parse(`"${double}"`) as string;
  if (single !== undefined) return single.replaceAll("''", "'");
  const plain = value.replace(/(^|\s)#.*$/, '').trim();
  // These begin something else than a plain scalar (YAML 1.2 §7.3.3).
  if (plain === '' || /^["'[\]{}>|*&!%@`]/.test(plain) || plain.includes(': ')) {
    throw new Error(`${where}: the check must stand in quotes in the same line, for example "role:admin"`);
  }
  return plain;
}

function parseJson(text: string, path: string): Override[] {
  let rules: unknown;
  try {
    rules = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path}${lineOfSyntaxError(text, error)}: this is not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return Object.entries(rules as object).map(([name, check]: [string, unknown]) => {
    const line = lineOf(text, text.indexOf(JSON.stringify(name)));
    if (typeof check !== 'string') throw new Error(`${path}, line ${line}: the check of "${name}" must be a text`);
    return { name, check, line };
  });
}

const lineOf = (text: string, at: number): number => text.slice(0, Math.max(at, 0)).split('\n').length;

function lineOfSyntaxError(text: string, error: unknown): string {
  const [, position] = / at position (\d+)/.exec((error as Error).message) ?? [];
  return position === undefined ? `, line ${lineOf(text, text.length)}` : `, line ${lineOf(text, Number(position))}`;
}
