import { z } from 'zod';
import type { Disk } from '../../domain/root-device-hints.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { isObject } from '../../domain/json.ts';
import { INTERFACE_KINDS, type JsonObject, type Node, type Port } from '../../domain/node.ts';
import type { Step, StepKind } from '../../domain/steps.ts';
import type { AgentClient, AgentTarget } from './client.ts';
import { agentNode, agentPort } from './node-dict.ts';
import { runAgentCommand, type RunAgentCommand } from './run-command.ts';

/** The agent of one node, for a call: how it is reached, how progress is told, how waiting is stopped. */
export type AgentCall = Pick<RunAgentCommand, 'heartbeat' | 'signal' | 'pollMs' | 'silenceMs'> & {
  readonly client: AgentClient;
  readonly target: AgentTarget;
};

/** Whose steps: the agent gets the node without its driver_info. */
export interface AgentSubject {
  readonly node: Node;
  readonly ports: readonly Port[];
  /**
   * Laid over the node's driver_internal_info: the dials of erasing, by the agent's names
   * (agent_erase_devices_iterations, agent_erase_devices_zeroize, disk_erasure_concurrency, …).
   */
  readonly dials?: JsonObject;
}

/** Step kinds that the agent knows. */
export type AgentStepKind = Exclude<StepKind, 'verify'>;

const stepSchema = z.looseObject({
  step: z.string(),
  interface: z.enum(INTERFACE_KINDS),
  priority: z.number(),
  abortable: z.boolean().optional(),
  reboot_requested: z.boolean().optional(),
  argsinfo: z
    .record(z.string(), z.looseObject({ description: z.string().default(''), required: z.boolean().default(false) }))
    .nullish(),
});
const stepsByManager = z.record(z.string(), z.array(stepSchema));

/**
 * The steps that the agent's hardware managers offer (`clean.get_clean_steps` and its like).
 * @throws BareMetalError as runAgentCommand
 */
export async function listAgentSteps(call: AgentCall, kind: AgentStepKind, subject: AgentSubject): Promise<Step[]> {
  const answer = await runAgentCommand({ ...call, name: `${kind}.get_${kind}_steps`, params: dicts(subject) });
  const offered = stepsByManager.safeParse(isObject(answer) ? answer[`${kind}_steps`] : undefined);
  if (!offered.success) throw misunderstood(call, `${kind}.get_${kind}_steps`);
  return Object.values(offered.data)
    .flat()
    .map((step) => ({
      interface: step.interface,
      step: step.step,
      priority: step.priority,
      abortable: step.abortable ?? false,
      requiresRamdisk: true,
      rebootRequested: step.reboot_requested ?? false,
      ...(step.argsinfo && { argsInfo: step.argsinfo }),
    }));
}

/**
 * Runs one step to its end and returns what the step returned. `key` names this run of this step: after a
 * crash the same key finds the step that still runs, or that ended well meanwhile, instead of a second run.
 * @throws BareMetalError as runAgentCommand
 */
export async function runAgentStep(
  call: AgentCall,
  wanted: AgentSubject & { readonly kind: AgentStepKind; readonly step: Step; readonly key: string },
): Promise<unknown> {
  const { kind, key, step } = wanted;
  const ownStep = { interface: step.interface, step: step.step, priority: step.priority, args: step.args ?? {}, key };
  const result = await runAgentCommand({
    ...call,
    name: `${kind}.execute_${kind}_step`,
    params: { step: ownStep, ...dicts(wanted) },
    // The agent gives the step back as it got it, and so the key.
    isOurs: (answer) => isObject(answer) && isObject(answer[`${kind}_step`]) && keyOf(answer[`${kind}_step`]) === key,
  });
  return isObject(result) ? result[`${kind}_result`] : undefined;
}

/** A whole disk image for the agent to write. */
interface AgentImage {
  /** Any name, for the agent's messages. */
  readonly id: string;
  /** Where the agent fetches it: Anneal's boot service. */
  readonly url: string;
  readonly format: 'raw' | 'qcow2';
  readonly checksum: { readonly algo: 'sha256' | 'sha512'; readonly value: string };
}

/** What writing an image needs. */
export interface WriteAgentImage extends AgentSubject {
  readonly image: AgentImage;
  /** The disk that Anneal chose, e.g. `/dev/vda`: the agent must not choose another. */
  readonly device: string;
  /** gzip+base64 of the config drive. */
  readonly configDrive?: string | undefined;
  readonly key: string;
}

/**
 * Writes an image, then the config drive as a partition behind it (deploy step `write_image`).
 * @throws BareMetalError as runAgentCommand
 */
export async function writeAgentImage(call: AgentCall, wanted: WriteAgentImage): Promise<void> {
  const { image, node, device, configDrive } = wanted;
  const imageInfo = {
    id: image.id,
    urls: [image.url],
    image_type: 'whole-disk',
    disk_format: image.format,
    os_hash_algo: image.checksum.algo,
    os_hash_value: image.checksum.value,
    // Straight onto the disk: the image need not fit into the ramdisk's memory.
    stream_raw_images: true,
    node_uuid: node.uuid,
  };
  const args = { image_info: imageInfo, ...(configDrive === undefined ? {} : { configdrive: configDrive }) };
  await runAgentStep(call, {
    ...onDevice(wanted, device),
    kind: 'deploy',
    step: { interface: 'deploy', step: 'write_image', priority: 80, args },
    key: wanted.key,
  });
}

/**
 * Enters the written system into the firmware's boot list (UEFI); on a BIOS machine it changes nothing,
 * since a whole disk image carries its own boot loader.
 * @throws BareMetalError as runAgentCommand
 */
export async function installBootloader(
  call: AgentCall,
  wanted: { readonly bootMode: 'uefi' | 'bios' },
): Promise<void> {
  if (wanted.bootMode === 'bios') return;
  // install_bootloader takes no node: the agent's disk choice is the one that write_image left in its cache.
  const params = { root_uuid: null, efi_system_part_uuid: null, target_boot_mode: wanted.bootMode };
  await runAgentCommand({ ...call, name: 'image.install_bootloader', params });
}

/** Writes all caches to the disks. @throws BareMetalError as runAgentCommand */
export async function syncAgent(call: AgentCall): Promise<void> {
  await runAgentCommand({ ...call, name: 'standby.sync', params: {} });
}

/**
 * Sets the password of the rescue system's user and has the agent end itself, so that its interface is gone
 * before the tenant's network comes (ironic-python-agent 13.0.0, extensions/rescue.py).
 * @param hash as crypt(3) writes it
 * @throws BareMetalError as runAgentCommand
 */
export async function finalizeRescue(call: AgentCall, hash: string): Promise<void> {
  const params = { rescue_password: hash, hashed: true };
  await runAgentCommand({ ...call, name: 'rescue.finalize_rescue', params });
}

/** Tells the machine to power itself off; returns when the agent took the order. */
export async function powerOffByAgent({ client, target, signal }: AgentCall): Promise<void> {
  await client.startCommand(target, 'standby.power_off', {}, signal);
}

/** A machine as its agent sees it now (`poll.get_hardware_info`). */
export interface HardwareInfo extends JsonObject {
  readonly disks: readonly Disk[];
}

const diskSchema = z.looseObject({ name: z.string(), size: z.number() });
const hardwareSchema = z.looseObject({ disks: z.array(diskSchema) });

/** Lists disks, NICs, memory, CPU and the like. @throws BareMetalError as runAgentCommand */
export async function getHardwareInfo(call: AgentCall): Promise<HardwareInfo> {
  const answer = await runAgentCommand({ ...call, name: 'poll.get_hardware_info', params: {} });
  const info = hardwareSchema.safeParse(answer);
  if (!info.success) throw misunderstood(call, 'poll.get_hardware_info');
  return info.data;
}

/** The subject with a root device hint that fits one disk only. */
function onDevice(subject: AgentSubject, device: string): AgentSubject {
  const instanceInfo = { ...subject.node.instanceInfo, root_device: { name: device } };
  return { ...subject, node: { ...subject.node, instanceInfo } };
}

function dicts({ node, ports, dials }: AgentSubject): JsonObject {
  return { node: agentNode(node, dials), ports: ports.map(agentPort) };
}

function keyOf(step: unknown): unknown {
  return isObject(step) ? step['key'] : undefined;
}

function misunderstood({ target }: AgentCall, name: string): BareMetalError {
  const message = `${name}: the answer of the agent of node ${target.nodeUuid} isn't one of an ironic-python-agent`;
  return new BareMetalError('AgentCommandFailed', message);
}
