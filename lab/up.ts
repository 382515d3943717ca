import { join } from 'node:path';
import { createLab } from './lab.ts';
import { parseUp, runCommand } from './options.ts';
import { keptMachines } from './report.ts';
import { STATE_FILE } from './state.ts';

/** `npm run lab:up`: brings up a lab or what of it is missing. */
await runCommand(async () => {
  const options = parseUp(process.argv.slice(2));
  const lab = await createLab({ ...options, log: (line) => process.stdout.write(`${line}\n`) });
  process.stdout.write(`\nLab "${lab.name}" is up; state in ${join(lab.directory, STATE_FILE)}\n`);
  for (const node of lab.nodes) {
    process.stdout.write(
      `  ${node.name}  ${node.firmware}  BMC ${node.bmc.address}:${node.bmc.port}  ${node.nics.map((nic) => nic.mac).join(' ')}\n`,
    );
  }
  const kept = keptMachines(lab, options.nodes);
  if (kept !== undefined) process.stdout.write(`${kept}\n`);
});
