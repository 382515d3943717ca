import type { Payload, PayloadCodec } from '@temporalio/common';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { BareMetalError } from '../../domain/errors.ts';
import { createPayloadCodec, parsePayloadKey } from '../../temporal/payload-codec.ts';
import type { ApiConfig } from '../config.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';

const PATH = '/anneal/v1/codec';

// Bytes are base64 in the JSON form of Temporal's payloads (protobuf JSON mapping).
const base64 = z.string().regex(/^[A-Za-z0-9+/_-]*={0,2}$/, 'expected base64');

const PayloadsBody = z.strictObject({
  payloads: z
    .array(z.looseObject({ metadata: z.record(z.string(), base64).optional(), data: base64.optional() }))
    // The `temporal` command leaves an empty list out, as the JSON of protobuf does.
    .default([]),
});

type PayloadsBody = z.infer<typeof PayloadsBody>;

/**
 * Reads encrypted payloads for the Temporal UI and CLI (`--codec-endpoint …/anneal/v1/codec`), with the key of the
 * workers and behind the API's own authentication. Without a key payloads are readable, and come back as they are.
 */
export function codecRoutes({ config }: Tools): Route[] {
  const key = config.ANNEAL_PAYLOAD_KEY;
  const codec = key === undefined ? UNCHANGED : createPayloadCodec(parsePayloadKey(key));
  const codecRoute = (name: 'encode' | 'decode') =>
    route({
      method: 'post',
      path: `${PATH}/${name}`,
      rule: 'anneal:codec:use',
      large: true,
      body: PayloadsBody,
      run: async ({ body }) => ({ status: 200, body: await convert(body, (payloads) => codec[name](payloads)) }),
    });
  return [codecRoute('encode'), codecRoute('decode')];
}

const UNCHANGED: PayloadCodec = {
  encode: (payloads) => Promise.resolve(payloads),
  decode: (payloads) => Promise.resolve(payloads),
};

async function convert({ payloads }: PayloadsBody, work: (payloads: Payload[]) => Promise<Payload[]>) {
  try {
    return { payloads: (await work(payloads.map(fromJson))).map(toJson) };
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it is damaged';
    throw new BareMetalError('InvalidParameterValue', `A payload cannot be read: ${why}`, { cause: error });
  }
}

function fromJson({ metadata = {}, data }: PayloadsBody['payloads'][number]): Payload {
  const entries = Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text, 'base64')] as const);
  return { metadata: Object.fromEntries(entries), ...(data !== undefined && { data: Buffer.from(data, 'base64') }) };
}

function toJson({ metadata, data }: Payload) {
  const entries = Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]);
  return {
    metadata: Object.fromEntries(entries) as Record<string, string>,
    data: Buffer.from(data ?? new Uint8Array()).toString('base64'),
  };
}

/** Lets the pages of the configured origins (the Temporal UI) use the codec from a browser, and no others. */
export function allowCodecOrigins({ ANNEAL_CODEC_ORIGINS: origins }: ApiConfig): RequestHandler {
  return (request, response, next) => {
    const origin = request.header('Origin');
    if (!request.path.startsWith(`${PATH}/`) || origin === undefined || !origins.includes(origin)) {
      next();
      return;
    }
    response.set({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type, X-Namespace',
      'Access-Control-Allow-Methods': 'POST',
      Vary: 'Origin',
    });
    if (request.method === 'OPTIONS') response.status(204).end();
    else next();
  };
}
