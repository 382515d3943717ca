import { parseArgs } from 'node:util';
import { destroyLab, readLab, statusOf } from './lab.ts';
import { runCommand } from './options.ts';
import { reportDown } from './report.ts';

/** `npm run lab:down`: ends a lab; `--purge` deletes its disks too. */
await runCommand(async () => {
  const { values } = parseArgs({
    options: { name: { type: 'string', default: 'lab' }, purge: { type: 'boolean', default: false } },
  });
  const lab = await readLab(values.name);
  if (lab === undefined) {
    process.stdout.write(`There is no lab "${values.name}": nothing to stop.\n`);
    return;
  }
  const before = await statusOf(lab);
  await destroyLab(values.name, { purge: values.purge });
  process.stdout.write(`${reportDown(lab, before, values.purge)}\n`);
});
