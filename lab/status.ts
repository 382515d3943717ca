import { parseArgs } from 'node:util';
import { LabError } from './errors.ts';
import { readLab, statusOf } from './lab.ts';
import { runCommand } from './options.ts';
import { reportStatus } from './report.ts';

/** `npm run lab:status`: what of a lab lives; `--json` gives the whole state. */
await runCommand(async () => {
  const { values } = parseArgs({
    options: { name: { type: 'string', default: 'lab' }, json: { type: 'boolean', default: false } },
  });
  const lab = await readLab(values.name);
  if (lab === undefined) throw new LabError(`There is no lab "${values.name}"; npm run lab:up makes one.`);
  const status = await statusOf(lab);
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ ...lab, status }, undefined, 2)}\n`);
    return;
  }
  process.stdout.write(`${reportStatus(lab, status).join('\n')}\n`);
});
