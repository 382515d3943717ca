import { z } from 'zod';
import { recordErasure } from '../db/erasures.ts';
import { describeDisk } from '../domain/disks.ts';
import { BareMetalError } from '../domain/errors.ts';
import { runAgentStep } from '../drivers/agent/commands.ts';
import { openAgent } from './agent-call.ts';
import { refuseMissingDisks } from './agent.ts';
import { biosRecord, runOfBoot } from './bios-record.ts';
import { nameOfNode, openDevice } from './device.ts';
import type { Tools } from './tools.ts';

/** Which boot of which node is to be proved. */
export interface ProofInput {
  readonly nodeUuid: string;
  readonly bootId: string;
}

/** One disk as the agent's step `verify_erasure` answers (agent-plugin/). */
const sampledDisk = z.object({
  device_name: z.string(),
  serial: z.string().nullable(),
  wwn: z.string().nullable(),
  model: z.string().nullable(),
  size: z.number(),
  method: z.string(),
  samples_read: z.number(),
  non_zero_samples: z.number(),
  first_non_zero_offset: z.number().nullable(),
  direct: z.boolean(),
  error: z.string().nullable(),
  ok: z.boolean(),
});
const sampled = z.object({ disks: z.array(sampledDisk) });
type SampledDisk = z.infer<typeof sampledDisk>;

/** Activities that prove a cleaning. */
export const createProofActivities = (tools: Tools) => ({
  /**
   * Has the agent read samples of every disk back, and leaves one record for each.
   * @throws BareMetalError `DiskMissing`, `EraseNotVerified`
   */
  async verifyErasure({ nodeUuid, bootId }: ProofInput): Promise<void> {
    const device = await openDevice(tools, nodeUuid);
    const { call, subject, startedAt } = await openAgent(tools, device);
    const args = { samples: tools.settings.eraseSamples };
    const step = { interface: 'deploy', step: 'verify_erasure', priority: 0, args } as const;
    const answer = await runAgentStep(call, { ...subject, kind: 'clean', step, key: `${bootId}:verify` });
    const { disks } = parseSamples(answer, nameOfNode(device.node));
    for (const disk of disks) await recordErasure(tools.db, recordOf(disk, { nodeUuid, bootId, startedAt }));
    refuseDirty(disks, nameOfNode(device.node));
    await refuseMissingDisks(
      tools,
      device,
      disks.map((disk) => ({ ...disk, name: disk.device_name })),
    );
  },

  /**
   * Proves that the firmware went back to factory settings: it used the flag up that was written and read
   * back before the machine was started.
   * @throws BareMetalError `BiosResetNotVerified`
   */
  async confirmBiosReset({ nodeUuid, bootId }: ProofInput): Promise<void> {
    const device = await openDevice(tools, nodeUuid);
    const { clearCmos } = await device.driver.management.getBootSelection(device);
    await recordErasure(tools.db, biosRecord({ nodeUuid, bootId, consumed: !clearCmos }));
    if (clearCmos) throw biosResetNotSeen(nameOfNode(device.node));
  },
});

/** The flag is still there after the machine was started. */
export function biosResetNotSeen(name: string): BareMetalError {
  return new BareMetalError(
    'BiosResetNotVerified',
    `Node ${name}: the firmware did not act on the clear CMOS flag (it is still set after the start). If this machine cannot do it, set driver_info/bios_reset to false.`,
  );
}

function parseSamples(answer: unknown, name: string): z.infer<typeof sampled> {
  const parsed = sampled.safeParse(answer);
  if (parsed.success && parsed.data.disks.length > 0) return parsed.data;
  const why = parsed.success ? 'it reports no disks' : z.prettifyError(parsed.error);
  throw new BareMetalError('EraseNotVerified', `Node ${name}: verify_erasure of the agent proves nothing: ${why}`);
}

function recordOf(disk: SampledDisk, run: ProofInput & { startedAt: Date }) {
  const { samples_read, non_zero_samples, first_non_zero_offset, direct, error } = disk;
  return {
    nodeUuid: run.nodeUuid,
    run: runOfBoot(run.bootId),
    subject: 'disk',
    device: disk.device_name,
    serial: disk.serial,
    wwn: disk.wwn,
    model: disk.model,
    sizeBytes: disk.size,
    method: disk.method,
    tool: 'ironic-python-agent erase_devices',
    verification: { by: 'reading back', samples_read, non_zero_samples, first_non_zero_offset, direct, error },
    result: disk.ok ? 'accepted' : 'failed',
    reason: disk.ok ? null : reasonOf(disk),
    startedAt: run.startedAt.toISOString(),
  } as const;
}

function refuseDirty(disks: readonly SampledDisk[], name: string): void {
  const dirty = disks.filter((disk) => !disk.ok);
  if (dirty.length === 0) return;
  const list = dirty.map((disk) => `${describeDisk({ ...disk, name: disk.device_name })}: ${reasonOf(disk)}`);
  throw new BareMetalError(
    'EraseNotVerified',
    `Node ${name}: these disks are not proved empty: ${list.join('; ')}. Repeat the cleaning, or take the disks out.`,
  );
}

function reasonOf({ error, non_zero_samples, samples_read, first_non_zero_offset }: SampledDisk): string {
  if (error !== null) return error;
  const where = first_non_zero_offset === null ? '' : `, first at byte ${first_non_zero_offset}`;
  return `${non_zero_samples} of ${samples_read} samples hold data${where}`;
}
