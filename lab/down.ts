import { parseArgs } from 'node:util';
import { destroyLab } from './lab.ts';
import { runCommand } from './options.ts';

/** `npm run lab:down`: ends a lab; `--purge` deletes its disks too. */
await runCommand(async () => {
  const { values } = parseArgs({
    options: { name: { type: 'string', default: 'lab' }, purge: { type: 'boolean', default: false } },
  });
  await destroyLab(values.name, { purge: values.purge });
});
