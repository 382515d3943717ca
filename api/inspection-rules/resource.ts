import { z } from 'zod';
import { inspectionRuleTable, type InspectionRuleSettings } from '../../db/inspection-rules.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { ACTIONS } from '../../domain/inspection-rules/actions.ts';
import { OPERATORS } from '../../domain/inspection-rules/operators.ts';
import { ruleErrors } from '../../domain/inspection-rules/validate.ts';
import { accessOfSystem } from '../resource/access.ts';
import type { Resource, ResourceChange } from '../resource/definition.ts';
import { fieldsOf } from '../resource/present.ts';

const anyArguments = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]);

/** One of the words, in Ironic's sentence for any other. */
const oneOf = (words: readonly string[]) =>
  z.string().refine((word) => words.includes(word), {
    error: (issue) => `'${String(issue.input)}' is not one of [${words.map((word) => `'${word}'`).join(', ')}]`,
  });

const operators = Object.keys(OPERATORS);

const Condition = z
  .object({
    op: oneOf([...operators, ...operators.map((name) => `!${name}`)]),
    args: anyArguments,
    loop: anyArguments.optional(),
    multiple: z.enum(['any', 'all', 'first', 'last']).optional(),
  })
  .transform(({ op, args, loop, multiple = 'any' }) =>
    loop === undefined || Object.keys(loop).length === 0 ? { op, args } : { op, args, loop, multiple },
  );

const Action = z
  .object({ op: oneOf(Object.keys(ACTIONS)), args: anyArguments, loop: anyArguments.optional() })
  .transform(({ op, args, loop }) =>
    loop === undefined || Object.keys(loop).length === 0 ? { op, args } : { op, args, loop },
  );

/** /v1/inspection_rules. */
export const inspectionRules: Resource<InspectionRuleSettings, object> = {
  path: 'inspection_rules',
  collection: 'inspection_rules',
  word: 'inspection_rule',
  title: 'Rule',
  since: 96,
  access: accessOfSystem('inspection_rule'),
  newer: 'unknown',
  hasLooseFields: true,
  refusal: { message: 'The API version does not allow inspection rules', isFault: true, isHidden: true },
  ident: { name: 'inspection_rule_uuid' },
  // The links of a rule say `inspection`: so Ironic has it.
  fields: fieldsOf('inspection', [
    { name: 'description', as: 'text' },
    { name: 'priority', as: 'bare' },
    { name: 'sensitive', as: 'bare' },
    { name: 'phase', as: 'text' },
    { name: 'conditions', column: 'shown_conditions', as: 'bare', sortable: false },
    { name: 'actions', column: 'shown_actions', as: 'bare', sortable: false },
  ]),
  listFields: ['uuid', 'priority', 'phase', 'description'],
  document: z.strictObject({
    actions: z.array(Action).min(1),
    conditions: z.array(Condition).default([]),
    description: z.string().max(255).nullable().default(null),
    phase: z
      .string()
      .max(16)
      .nullish()
      .transform((phase) => phase ?? 'main'),
    priority: z.int().default(0),
    sensitive: z
      .boolean()
      .nullish()
      .transform((value) => value ?? false),
  }),
  query: { phase: z.string().optional() },
  filtersOf: () => Promise.resolve({}),
  table: inspectionRuleTable,
  settle: (_client, change) => Promise.resolve(settled(change)),
};

function settled({ document, before }: ResourceChange<InspectionRuleSettings>): InspectionRuleSettings {
  if (before?.sensitive && !document.sensitive) {
    throw new BareMetalError('InvalidParameterValue', 'Inspection rules cannot have the sensitive flag unset.');
  }
  const errors = ruleErrors(document);
  if (errors.length === 0) return document;
  const message = errors.length === 1 ? errors[0] : `Multiple validation errors occurred: ${errors.join('; ')}`;
  throw new BareMetalError('InvalidParameterValue', message ?? '');
}
