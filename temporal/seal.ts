import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts with AES-256-GCM: nonce ‖ ciphertext ‖ tag. */
export function sealBytes(plain: Uint8Array, key: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The other way. @throws Error when the key is another one or a bit has changed */
export function openBytes(sealed: Uint8Array, key: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()]);
}

const SEALED = 'sealed:';
const PLAIN = 'plain:';

/** A secret as it is stored: sealed where there is a key, and marked as what it is. */
export function sealText(text: string, key: Uint8Array | undefined): string {
  return key === undefined ? PLAIN + text : SEALED + sealBytes(Buffer.from(text, 'utf8'), key).toString('base64');
}

/** The secret again. @throws Error when it was sealed and the key is another one, or none */
export function openText(stored: string, key: Uint8Array | undefined): string {
  if (stored.startsWith(PLAIN)) return stored.slice(PLAIN.length);
  if (key === undefined) throw new Error('This secret was sealed; ANNEAL_PAYLOAD_KEY is not set.');
  return openBytes(Buffer.from(stored.slice(SEALED.length), 'base64'), key).toString('utf8');
}
