/** A history as text, the bytes of its payloads readable. */
export function historyText(history: object): string {
  return JSON.stringify(history, (_key, value: unknown) => {
    const bytes = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
    return bytes && 'data' in value ? Buffer.from(value.data as number[]).toString('latin1') : value;
  });
}
