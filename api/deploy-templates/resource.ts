import { z } from 'zod';
import { deployTemplateTable, type DeployTemplateSettings } from '../../db/deploy-templates.ts';
import { Trait } from '../nodes/trait-routes.ts';
import { jsonObject } from '../query-values.ts';
import { accessOfSystem } from '../resource/access.ts';
import type { Resource } from '../resource/definition.ts';
import { fieldsOf } from '../resource/present.ts';
import { countingNumber, refuseDuplicateSteps, restoreSteps, stepShape, stepsJson } from '../resource/steps.ts';

const Step = z.strictObject({
  ...stepShape,
  args: z.record(z.string(), z.unknown()),
  priority: countingNumber,
});

/** /v1/deploy_templates. */
export const deployTemplates: Resource<DeployTemplateSettings, object> = {
  path: 'deploy_templates',
  collection: 'deploy_templates',
  word: 'template',
  title: 'Deploy template',
  since: 55,
  newer: 'refused',
  refusal: { message: 'The API version does not allow deploy templates', isHidden: true },
  ident: { name: 'template_ident', mayBeName: true },
  access: accessOfSystem('deploy_template'),
  fields: fieldsOf('deploy_templates', [
    { name: 'name', as: 'text' },
    { name: 'extra', as: 'object', sortable: false },
    { name: 'steps', as: stepsJson, sortable: false },
  ]),
  listFields: ['uuid', 'name'],
  document: z.strictObject({
    name: Trait,
    steps: z.array(Step).min(1),
    extra: jsonObject,
    // Ironic 39 takes it, and keeps it nowhere.
    description: z
      .string()
      .max(255)
      .nullish()
      .transform(() => undefined),
  }),
  patchable: ['extra', 'name', 'steps'],
  filtersOf: () => Promise.resolve({}),
  table: deployTemplateTable,
  settle: (_client, { document, before }) => {
    refuseDuplicateSteps(document.steps);
    return Promise.resolve({ ...document, steps: restoreSteps(document.steps, before?.steps) });
  },
};
