import { readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabNode } from '../../lab/state.ts';
import { until } from '../support/until.ts';

/** Length of the console log now; what comes later is looked at by {@link untilConsole}. */
export async function markConsole(node: LabNode): Promise<number> {
  return (await stat(node.paths.console).catch(() => ({ size: 0 }))).size;
}

/** Waits until the console says something after the mark. */
export async function untilConsole(
  node: LabNode,
  pattern: RegExp,
  since = 0,
  timeoutMs = 150_000,
): Promise<RegExpExecArray> {
  let said = '';
  const look = async () => {
    const log = await readFile(node.paths.console).catch(() => Buffer.alloc(0));
    said = log.subarray(since).toString('latin1');
    return pattern.exec(said);
  };
  const otherwise = () => `${pattern} on the console of ${node.name}; its end: ${said.slice(-1500)}`;
  return await until(otherwise, look, { everyMs: 200, patienceMs: timeoutMs });
}

/** Types on the machine's serial console. */
export async function typeOn(node: LabNode, text: string): Promise<void> {
  const socket = connect(node.paths.serialSocket);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  await new Promise<void>((resolve) => socket.write(text, () => resolve()));
  await sleep(500);
  socket.destroy();
}

/** An EFI variable as the tests write it: 4 bytes of attributes, then data. */
const VARIABLE = 'AnnealProof-7a2f1c9e-4b1d-4e0e-9d3a-5f0c2b6d8e41';

/** Logs in on the console of the lab's system and leaves a variable in the machine's BIOS settings. */
export async function leaveVariable(node: LabNode, since: number): Promise<void> {
  await untilConsole(node, /login: /, since);
  await typeOn(node, 'root\r');
  await untilConsole(node, /Password:/, since);
  await typeOn(node, 'anneal\r');
  await untilConsole(node, /root login/, since);
  await typeOn(node, `printf '\\007\\000\\000\\000proof' > /sys/firmware/efi/efivars/${VARIABLE}; echo written-$?\r`);
  await untilConsole(node, /written-0/, since);
}

/** Whether the variable stands in the machine's BIOS settings. */
export async function holdsVariable(node: LabNode): Promise<boolean> {
  return (await readFile(node.paths.nvram ?? '')).includes(Buffer.from('AnnealProof', 'utf16le'));
}
