import { z } from 'zod';
import { runbookTable, type RunbookFilters, type RunbookSettings } from '../../db/runbooks.ts';
import { BareMetalError } from '../../domain/errors.ts';
import type { StepRule } from '../../domain/policy/policy.ts';
import type { RuleName } from '../../domain/policy/rules.ts';
import { rootOf } from '../json-patch.ts';
import { rulesOfSteps } from '../nodes/access.ts';
import type { PatchBody } from '../nodes/schemas.ts';
import { Trait } from '../nodes/trait-routes.ts';
import { parseInput } from '../parse-input.ts';
import type { Subject } from '../policy/access.ts';
import { actsForProject, ownerOfNew } from '../policy/owner.ts';
import { jsonObject, logicalName } from '../query-values.ts';
import type { Resource, ResourceChange } from '../resource/definition.ts';
import { fieldsOf } from '../resource/present.ts';
import type { RequestContext } from '../route.ts';
import { countingNumber, refuseDuplicateSteps, restoreSteps, stepShape, stepsJson } from '../resource/steps.ts';

/** Since then a runbook has traits and a description of its own, and its name need not be a trait. */
export const TRAITS_SINCE = 112;

const Step = z.strictObject({
  ...stepShape,
  args: jsonObject,
  order: countingNumber,
});

const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

/** /v1/runbooks. */
export const runbooks: Resource<RunbookSettings, RunbookFilters> = {
  path: 'runbooks',
  collection: 'runbooks',
  word: 'runbook',
  title: 'Runbook',
  since: 92,
  newer: 'unknown',
  hasLooseFields: true,
  refusal: { message: 'The API version does not allow runbooks', isHidden: true },
  ident: { name: 'runbook_ident', mayBeName: true },
  access: {
    list: { list: 'runbook', ofProject: ({ query }) => (query as { project?: string }).project },
    show: { orPublic: 'baremetal:runbook:get' },
    create: {
      among: ['baremetal:runbook:create'],
      wanted: ({ body }) => ['baremetal:runbook:create', ...rulesOfSteps((body as RunbookSettings).steps)],
    },
    update: {
      among: ['baremetal:runbook:update', 'baremetal:runbook:update:owner', 'baremetal:runbook:update:public'],
      wanted: ({ body }) => rulesOfPatch(body as PatchBody),
    },
    remove: 'baremetal:runbook:delete',
    subject: runbookSubject,
  },
  fields: fieldsOf('runbooks', [
    { name: 'name', as: 'text' },
    { name: 'extra', as: 'object', sortable: false },
    { name: 'public', as: 'bare' },
    { name: 'owner', as: 'text' },
    { name: 'disable_ramdisk', as: 'bare' },
    { name: 'description', as: 'text', since: TRAITS_SINCE },
    { name: 'steps', as: stepsJson, sortable: false },
    { name: 'traits', as: 'bare', since: TRAITS_SINCE, sortable: false },
  ]),
  listFields: ['uuid', 'name'],
  document: z.strictObject({
    name: logicalName,
    steps: z.array(Step).min(1),
    disable_ramdisk: flag,
    public: flag,
    owner: z.string().max(255).nullable().default(null),
    description: z.string().max(255).nullable().default(null),
    extra: jsonObject,
  }),
  patchable: ['disable_ramdisk', 'extra', 'name', 'owner', 'public', 'steps', 'description'],
  bodySince: { description: TRAITS_SINCE },
  query: { project: z.string().optional() },
  filtersOf: (_db, { project }) => Promise.resolve({ project: project as string | undefined }),
  table: runbookTable,
  settle: (_client, change) => Promise.resolve(settled(change)),
};

/** The runbook that a path names: that it is there is no secret, since its name may be taken. */
export function runbookSubject(ident: string): Subject {
  return { kind: 'runbook', ident, conceals: false };
}

const RULE_OF_FIELD: Readonly<Record<string, RuleName>> = {
  owner: 'baremetal:runbook:update:owner',
  public: 'baremetal:runbook:update:public',
};

/** The rules that a patch calls for; what a step may do is asked of whoever writes it. */
function rulesOfPatch(patch: PatchBody): readonly (RuleName | StepRule)[] {
  const fields = patch.map(({ path }) => RULE_OF_FIELD[rootOf(path)] ?? 'baremetal:runbook:update');
  const steps = patch.flatMap(({ value }) => rulesOfSteps(Array.isArray(value) ? value : [value]));
  return fields.length === 0 ? ['baremetal:runbook:update'] : [...new Set(fields), ...steps];
}

/** A project's runbooks are its own, and never everybody's. */
function ownerOfRunbook(document: RunbookSettings, { caller }: RequestContext): string | null {
  const owner = ownerOfNew(document.owner, caller, 'runbook');
  if (!document.public || !actsForProject(caller)) return owner;
  throw new BareMetalError('InvalidParameterValue', 'Cannot create a public runbook as a project scoped admin.');
}

function settled({ document, before, touched, context }: ResourceChange<RunbookSettings>): RunbookSettings {
  refuseDuplicateSteps(document.steps);
  if (before === undefined && context.version < TRAITS_SINCE) parseInput(Trait, document.name, 'runbook');
  const steps = restoreSteps(document.steps, before?.steps);
  if (before === undefined) return { ...document, steps, owner: ownerOfRunbook(document, context) };
  // One statement may take a runbook from the public and give it to a project.
  const owner = touched.has('public') && !touched.has('owner') ? null : document.owner;
  if (document.public && touched.has('owner') && owner !== null) {
    throw new BareMetalError('InvalidParameterValue', 'There cannot be an owner for a public runbook');
  }
  return { ...document, steps, owner };
}
