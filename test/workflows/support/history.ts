import proto from '@temporalio/proto';

/** A workflow's history. */
export type History = proto.temporal.api.history.v1.IHistory;

const HistoryMessage = proto.temporal.api.history.v1.History;

/** A history as bytes (protobuf): the SDK's own JSON form needs one protobufjs for all of its packages. */
export function encodeHistory(history: History): Uint8Array {
  dropStackTraces(history);
  return HistoryMessage.encode(history).finish();
}

/** Stack traces name the folders of the machine that recorded them. */
function dropStackTraces(part: unknown): void {
  if (typeof part !== 'object' || part === null || part instanceof Uint8Array) return;
  if ('stackTrace' in part) part.stackTrace = '';
  for (const value of Object.values(part)) dropStackTraces(value);
}

/** A history from bytes. */
export function decodeHistory(bytes: Uint8Array): History {
  return HistoryMessage.decode(bytes);
}

/** A history as text, the bytes of its payloads readable. */
export function historyText(history: object): string {
  return JSON.stringify(history, (_key, value: unknown) => {
    const bytes = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
    return bytes && 'data' in value ? Buffer.from(value.data as number[]).toString('latin1') : value;
  });
}
