import { execFileSync, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ANNEAL_MEDIA } from '../../api/media.ts';

/** What a run is to try. */
export interface FuzzPlan {
  /** Where the API is. */
  readonly url: string;
  /** A folder for what it leaves. */
  readonly folder: string;
  /** Values of parameters (`path.node`) that are there, for most of the requests. */
  readonly known: Readonly<Record<string, readonly string[]>>;
  readonly examples: number;
  readonly seed: number;
}

/** How a run ended: 0 when every answer fits, and what it said. */
export interface FuzzOutcome {
  readonly code: number | null;
  readonly out: string;
}

/** No 5xx; status, type and body of every answer as the document says. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

/** Sends requests that fit the API's OpenAPI document and requests that don't (schemathesis), and checks every answer. */
export async function fuzz(plan: FuzzPlan): Promise<FuzzOutcome> {
  const folder = execFileSync(fileURLToPath(new URL('install.sh', import.meta.url)), { encoding: 'utf8' }).trim();
  const config = join(plan.folder, 'schemathesis.toml');
  await writeFile(config, configOf(plan));
  const generation = `--max-examples ${plan.examples} --seed ${plan.seed} --phases coverage,fuzzing --no-shrink`;
  const sending = '--request-timeout 60 --workers 1 --continue-on-failure --suppress-health-check all --warnings off';
  const words = [
    '--config-file',
    config,
    'run',
    `${plan.url}/openapi.json`,
    '--checks',
    CHECKS.join(','),
    '--header',
    `Accept: ${ANNEAL_MEDIA}, application/json`,
    ...`${generation} ${sending}`.split(' '),
  ];
  return await run(join(folder, 'bin', 'schemathesis'), words, plan.folder);
}

function configOf({ known }: FuzzPlan): string {
  const quoted = Object.entries(known).map(([parameter, values]) => ({
    parameter: JSON.stringify(parameter),
    name: parameter.replaceAll(/\W/g, '_').toLowerCase(),
    values: JSON.stringify(values),
  }));
  return [
    'color = false',
    ...quoted.map(({ name, values }) => `[dictionaries.${name}]\nvalues = ${values}`),
    '[parameters]',
    ...quoted.map(({ parameter, name }) => `${parameter} = { dictionary = "${name}", probability = 0.8 }`),
    '[output.sanitization]',
    'enabled = false',
    // Its own notes on what it found before, in the folder of the run.
    '[generation]',
    'database = ":memory:"',
    '',
  ].join('\n');
}

function run(program: string, words: readonly string[], cwd: string): Promise<FuzzOutcome> {
  const child = spawn(program, words, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (out += text));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out }));
  });
}
