import { listRulePorts, listRulesOfPhase, lockRuleNode, writeRuleNode, writeRulePort } from '../db/inspection-rules.ts';
import { lockInventory, noteApplied } from '../db/inventory.ts';
import { inTransaction, type Queryable } from '../db/pool.ts';
import { listTraits, replaceTraits } from '../db/traits.ts';
import { BareMetalError } from '../domain/errors.ts';
import type { RuleCall } from '../domain/inspection-rules/actions.ts';
import { applyRules, type RuleOutcome } from '../domain/inspection-rules/apply.ts';
import type { Tools } from './tools.ts';

/**
 * Applies the inspection rules to the inventory that was just stored: once for each inventory, however often it is
 * tried. What rules want to have called is called before anything is written, so a call may come twice.
 * @throws BareMetalError `InspectionRuleFailed`
 */
export async function applyInspectionRules({ db, log }: Tools, nodeUuid: string): Promise<void> {
  const planned = await inTransaction(db, (client) => outcomeFor(client, nodeUuid));
  if (planned === undefined) return;
  await makeCalls(planned.calls);
  const done = await inTransaction(db, async (client) => {
    const outcome = await outcomeFor(client, nodeUuid);
    if (outcome !== undefined) await write(client, nodeUuid, outcome);
    return outcome;
  });
  for (const { level, message } of done?.log ?? []) log[LEVELS[level] ?? 'info']({ node: nodeUuid }, message);
  if (done !== undefined) log.info({ node: nodeUuid, rules: done.applied }, 'inspection rules applied');
}

/** Python's levels, as rules name them, in pino's words. */
const LEVELS: Readonly<Record<string, 'debug' | 'info' | 'warn' | 'error'>> = {
  debug: 'debug',
  info: 'info',
  warning: 'warn',
  error: 'error',
  critical: 'error',
};

async function outcomeFor(client: Queryable, nodeUuid: string): Promise<RuleOutcome | undefined> {
  const node = await lockRuleNode(client, nodeUuid);
  const report = await lockInventory(client, nodeUuid);
  if (node === undefined || report === undefined || report.isApplied) return undefined;
  const { inventory, pluginData } = report;
  const ports = await listRulePorts(client, nodeUuid);
  const traits = await listTraits(client, nodeUuid);
  return applyRules(await listRulesOfPhase(client, 'main'), { node, ports, traits, inventory, pluginData });
}

async function write(client: Queryable, nodeUuid: string, outcome: RuleOutcome): Promise<void> {
  if (outcome.applied.length > 0) {
    await writeRuleNode(client, outcome.node);
    for (const port of outcome.ports) await writeRulePort(client, port);
    await replaceTraits(client, { nodeUuid, traits: outcome.traits });
  }
  await noteApplied(client, { nodeUuid, pluginData: outcome.pluginData });
}

/** All calls of one inspection together: the workflow waits for them. */
const CALLS_MS = 10_000;

async function makeCalls(calls: readonly RuleCall[]): Promise<void> {
  const deadline = AbortSignal.timeout(CALLS_MS);
  for (const call of calls) await makeCall(call, deadline);
}

async function makeCall(call: RuleCall, deadline: AbortSignal, tries = 1): Promise<void> {
  const problem = await problemOf(call, deadline);
  if (problem === undefined) return;
  if (tries <= call.retries && !deadline.aborted) return await makeCall(call, deadline, tries + 1);
  const { origin, pathname } = new URL(call.url);
  // Without the query: it may hold a token.
  const message = `Inspection rule: request to ${origin}${pathname} failed ${tries} times: ${problem}.`;
  throw new BareMetalError('InspectionRuleFailed', message);
}

async function problemOf({ url, headers, timeoutMs }: RuleCall, deadline: AbortSignal): Promise<string | undefined> {
  try {
    const signal = AbortSignal.any([deadline, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(url, { headers, signal });
    await response.body?.cancel();
    return response.ok ? undefined : `it answered ${response.status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
