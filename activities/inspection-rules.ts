import { listRulePorts, listRulesOfPhase, lockRuleNode, writeRuleNode, writeRulePort } from '../db/inspection-rules.ts';
import { lockInventory, noteApplied } from '../db/inventory.ts';
import { inTransaction, type Queryable } from '../db/pool.ts';
import { listTraits, replaceTraits } from '../db/traits.ts';
import { applyRules, type Masking, type RuleOutcome } from '../domain/inspection-rules/apply.ts';
import type { InspectionRule } from '../domain/inspection-rules/rule.ts';
import { readBuiltInRules } from './built-in-rules.ts';
import { makeCalls } from './rule-calls.ts';
import type { Tools } from './tools.ts';

/**
 * Applies the inspection rules to the inventory that was just stored: once for each inventory, however often it is
 * tried. What rules want to have called is called before anything is written, so a call may come twice.
 * @throws BareMetalError `InspectionRuleFailed`
 */
export async function applyInspectionRules({ db, log, settings }: Tools, nodeUuid: string): Promise<void> {
  const given = {
    builtIn: await readBuiltInRules(settings.inspectionRulesFile),
    masking: settings.inspectionRulesMasking,
  };
  const planned = await inTransaction(db, (client) => outcomeFor(client, nodeUuid, given));
  if (planned === undefined) return;
  await makeCalls(planned.calls);
  const done = await inTransaction(db, async (client) => {
    const outcome = await outcomeFor(client, nodeUuid, given);
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

/** Of rules with the same priority the built-in ones come last, as in Ironic. */
async function outcomeFor(
  client: Queryable,
  nodeUuid: string,
  { builtIn, masking }: { readonly builtIn: readonly InspectionRule[]; readonly masking: Masking },
): Promise<RuleOutcome | undefined> {
  const node = await lockRuleNode(client, nodeUuid);
  const report = await lockInventory(client, nodeUuid);
  if (node === undefined || report === undefined || report.isApplied) return undefined;
  const { inventory, pluginData } = report;
  const ports = await listRulePorts(client, nodeUuid);
  const traits = await listTraits(client, nodeUuid);
  const rules = [...(await listRulesOfPhase(client, 'main')), ...builtIn];
  return applyRules(rules, { node, ports, traits, inventory, pluginData }, masking);
}

async function write(client: Queryable, nodeUuid: string, outcome: RuleOutcome): Promise<void> {
  if (outcome.applied.length > 0) {
    await writeRuleNode(client, outcome.node);
    for (const port of outcome.ports) await writeRulePort(client, port);
    await replaceTraits(client, { nodeUuid, traits: outcome.traits });
  }
  await noteApplied(client, { nodeUuid, pluginData: outcome.pluginData });
}
