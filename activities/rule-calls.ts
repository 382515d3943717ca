import { setTimeout as sleep } from 'node:timers/promises';
import { fetch, ProxyAgent } from 'undici';
import { BareMetalError } from '../domain/errors.ts';
import type { RuleCall } from '../domain/inspection-rules/calls.ts';

/** All calls of one inspection together: the workflow waits for them. */
const CALLS_MS = 10_000;
/** The longest pause between two tries, in seconds (urllib3's DEFAULT_BACKOFF_MAX). */
const LONGEST_PAUSE_S = 120;
/** Answers after which a call is tried again; any other error is final (Ironic: CallAPIHookAction). */
const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** Why a try failed, and whether another one may go better. */
interface Problem {
  readonly reason: string;
  readonly mayPass: boolean;
}

/** Makes the calls that rules ask for, one after the other. @throws BareMetalError `InspectionRuleFailed` */
export async function makeCalls(calls: readonly RuleCall[]): Promise<void> {
  const deadline = AbortSignal.timeout(CALLS_MS);
  for (const call of calls) await makeCall(call, deadline);
}

async function makeCall(call: RuleCall, deadline: AbortSignal): Promise<void> {
  const { proxy, retries } = call;
  // An http address is asked for by its whole name, as proxies expect; https goes through a tunnel.
  const dispatcher = proxy === null ? undefined : new ProxyAgent({ uri: proxy, proxyTunnel: false });
  try {
    for (let tries = 1; ; tries += 1) {
      const problem = await problemOf(call, { deadline, dispatcher });
      if (problem === undefined) return;
      const goesOn = problem.mayPass && tries <= retries && (await pause(call, tries, deadline));
      if (!goesOn) throw failure(call, tries, problem);
    }
  } finally {
    await dispatcher?.destroy();
  }
}

async function problemOf(
  { url, headers, timeoutMs }: RuleCall,
  { deadline, dispatcher }: { readonly deadline: AbortSignal; readonly dispatcher: ProxyAgent | undefined },
): Promise<Problem | undefined> {
  try {
    const signal = AbortSignal.any([deadline, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(url, { headers, signal, ...(dispatcher && { dispatcher }) });
    await response.body?.cancel();
    const { ok, status } = response;
    return ok ? undefined : { reason: `it answered ${status}`, mayPass: PASSING.has(status) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error), mayPass: true };
  }
}

/** The pause before the next try, as urllib3 has it: none before the second. False when the time is up. */
async function pause({ backoffS }: RuleCall, tries: number, deadline: AbortSignal): Promise<boolean> {
  const seconds = tries === 1 ? 0 : Math.min(backoffS * 2 ** (tries - 1), LONGEST_PAUSE_S);
  try {
    await sleep(seconds * 1000, undefined, { signal: deadline });
    return true;
  } catch {
    return false;
  }
}

function failure({ url }: RuleCall, tries: number, { reason }: Problem): BareMetalError {
  const { origin, pathname } = new URL(url);
  // Without the query: it may hold a token.
  const message = `Inspection rule: request to ${origin}${pathname} failed ${tries} times: ${reason}.`;
  return new BareMetalError('InspectionRuleFailed', message);
}
