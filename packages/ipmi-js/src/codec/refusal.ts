const HEAD = 8;

/**
 * The eight bytes of a refused Open Session or RAKP answer, which end after the session id or, from
 * OpenIPMI's ipmi_sim, after the status; undefined when the answer is not a refusal.
 */
export function refusal(data: Uint8Array): Uint8Array | undefined {
  if (data.length < 2 || data[1] === 0) return undefined;
  const head = new Uint8Array(HEAD);
  head.set(data.subarray(0, HEAD));
  return head;
}
