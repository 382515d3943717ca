import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { openBytes, sealBytes } from './seal.ts';

const ENCODING = 'binary/encrypted';

/** Metadata names of Temporal's own encryption samples, so that its tools show such payloads as encrypted. */
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

/**
 * Encrypts every payload with AES-256-GCM (nonce ‖ ciphertext ‖ tag). The metadata names the key, so that a
 * key can be told from another without being told.
 * @param key 32 bytes
 */
export function createPayloadCodec(key: Uint8Array): PayloadCodec {
  const keyId = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return {
    encode: (payloads) => Promise.resolve(payloads.map((payload) => encrypt(payload, key, keyId))),
    decode: (payloads) => Promise.resolve(payloads.map((payload) => decrypt(payload, key, keyId))),
  };
}

/**
 * Reads ANNEAL_PAYLOAD_KEY: 32 bytes as 64 hex digits or base64.
 * @throws Error when it is neither
 */
export function parsePayloadKey(value: string): Uint8Array {
  const key = /^[0-9a-f]{64}$/i.test(value) ? Buffer.from(value, 'hex') : Buffer.from(value, 'base64');
  if (key.length === 32) return key;
  throw new Error(`ANNEAL_PAYLOAD_KEY: expected 32 bytes as 64 hex digits or base64, got ${key.length} bytes`);
}

/** How payloads and failures are written: encrypted when there is a key, else as plain JSON. */
export function createDataConverter(key: Uint8Array | undefined): DataConverter | undefined {
  if (key === undefined) return undefined;
  return { payloadCodecs: [createPayloadCodec(key)], failureConverterPath: FAILURE_CONVERTER_PATH };
}

/** Failure messages are payloads too: see failure-converter.ts. */
export const FAILURE_CONVERTER_PATH = fileURLToPath(
  // Compiled to JavaScript, the neighbour is JavaScript too.
  new URL(import.meta.url.endsWith('.ts') ? './failure-converter.ts' : './failure-converter.js', import.meta.url),
);

function encrypt(payload: Payload, key: Uint8Array, keyId: string): Payload {
  const data = sealBytes(proto.temporal.api.common.v1.Payload.encode(payload).finish(), key);
  return { metadata: { encoding: text(ENCODING), 'encryption-key-id': text(keyId) }, data };
}

function decrypt(payload: Payload, key: Uint8Array, keyId: string): Payload {
  const { metadata, data } = payload;
  if (metadata?.['encoding'] === undefined || new TextDecoder().decode(metadata['encoding']) !== ENCODING)
    return payload;
  const used = new TextDecoder().decode(metadata['encryption-key-id'] ?? new Uint8Array());
  if (used !== keyId || !data) {
    throw new Error(`This payload was encrypted with the key ${used}; ANNEAL_PAYLOAD_KEY is the key ${keyId}.`);
  }
  return proto.temporal.api.common.v1.Payload.decode(openBytes(data, key));
}
