import type { JsonObject } from '../domain/node.ts';
import { isSecretName, SECRET_NAME } from '../domain/secret-names.ts';

/** What is shown in place of a secret. */
export const MASK = '******';

/** The value with every secret in it masked, at any depth. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskField(name, inner)]));
}

function maskField(name: string, value: unknown): unknown {
  if (isSecretName(name) && value !== null && value !== '') return MASK;
  // An image URL may be a temporary one that opens the image store (Ironic masks it too).
  if (name === 'image_url') return MASK;
  if (typeof value === 'string') return maskUrl(value);
  return maskSecrets(value);
}

/** `https://user:password@host` keeps its user only. */
export function maskUrl(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/:@\s]*):[^@/\s]+@/i, `$1:${MASK}@`);
}

const MAY_HOLD_SECRET = new RegExp(`${SECRET_NAME.source}|image_url|:\\/\\/[^"]*@`, 'i');

/** As maskSecrets, on the text of a JSON object; text without a suspicious word is not parsed. */
export function maskJsonText(text: string): string {
  return MAY_HOLD_SECRET.test(text) ? JSON.stringify(maskSecrets(JSON.parse(text))) : text;
}

/**
 * What a client sends back after it was shown masks: each mask stands for the value that was there.
 * @param sent what the client wants; @param kept what is stored
 */
export function restoreMasked(sent: JsonObject, kept: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(sent).map(([name, value]) => [name, value === MASK && name in kept ? kept[name] : value]),
  );
}
