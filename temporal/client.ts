import { Client, Connection } from '@temporalio/client';
import { createDataConverter } from './payload-codec.ts';

/** Where Temporal is, and how payloads are written there. */
export interface TemporalSettings {
  /** `host:port` of the frontend. */
  readonly address: string;
  readonly namespace: string;
  /** 32 bytes; undefined leaves payloads readable. */
  readonly payloadKey: Uint8Array | undefined;
}

/** A client and the connection that it uses. */
export interface TemporalClient {
  readonly connection: Connection;
  readonly client: Client;
}

/** Connects to Temporal; the caller closes the connection. */
export async function connectClient({ address, namespace, payloadKey }: TemporalSettings): Promise<TemporalClient> {
  const connection = await Connection.connect({ address });
  const dataConverter = createDataConverter(payloadKey);
  return { connection, client: new Client({ connection, namespace, ...(dataConverter && { dataConverter }) }) };
}
