/** The environment's variables; an empty one is an unset one: that is how compose files and shells pass them on. */
export function givenVariables(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}
