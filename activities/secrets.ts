import { Context } from '@temporalio/activity';
import type { JsonObject } from '../domain/node.ts';
import { isSecretName } from '../domain/secret-names.ts';

const kept = new WeakMap<Context, Set<string>>();
/** Shorter words would mask half of every message. */
const SHORTEST = 4;

/** Notes secrets that the running activity has in its hands: they will not leave it in a failure, nor in the log. */
export function keepSecrets(...values: readonly unknown[]): void {
  const context = Context.current();
  const secrets = kept.get(context) ?? new Set();
  for (const value of values) if (typeof value === 'string' && value.length >= SHORTEST) secrets.add(value);
  kept.set(context, secrets);
}

/** The values of driver_info that are secrets, by their names. */
export function secretsIn(driverInfo: JsonObject): unknown[] {
  return Object.entries(driverInfo)
    .filter(([name]) => isSecretName(name))
    .map(([, value]) => value);
}

/** The words without the secrets of that activity. */
export function withoutSecrets(context: Context, words: string): string {
  return [...(kept.get(context) ?? [])].reduce((text, secret) => text.replaceAll(secret, '******'), words);
}
