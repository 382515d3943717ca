import type { AgentPurpose } from '../domain/node.ts';

/** What the agent's kernel is told, besides what is asked of each boot. */
export interface AgentBootSettings {
  /** The API as agents reach it; `{host}` stands for the address by which the machine reached this service. */
  readonly apiUrl: string;
  /** Further kernel parameters; `{boot}` stands for this service's URL as the machine reached it. */
  readonly kernelParams: string;
  readonly collectLldp: boolean;
}

/** One boot of the agent. */
export interface AgentBoot {
  /** MAC address of the NIC that boots. */
  readonly mac: string;
  readonly purpose: AgentPurpose;
  /** This service as the machine reached it, e.g. `http://172.31.100.1:8089`. */
  readonly origin: string;
}

/** The name by which an UEFI kernel finds its ramdisk. */
const INITRD = 'agent.initrd';

/** How often a machine asks for its script before it goes to its next boot device, and how long it waits between. */
const TRIES = { count: 20, secondsBetween: 3 };

/**
 * The script that every machine gets first: it asks again with the address of the NIC that boots
 * (`netX` is the one that iPXE opened last), and outlives a restart of this service.
 */
export function firstScript(origin: string): string {
  return script([
    'set tries:int32 0',
    ':again',
    `chain --replace ${origin}/boot.ipxe?mac=\${netX/mac} ||`,
    'inc tries',
    `iseq \${tries} ${TRIES.count} && exit 1 ||`,
    `sleep ${TRIES.secondsBetween}`,
    'goto again',
  ]);
}

/** Boots the agent, on BIOS and on UEFI (where the kernel needs the name of its ramdisk). */
export function agentScript(boot: AgentBoot, settings: AgentBootSettings): string {
  const { origin } = boot;
  return script([
    `kernel ${origin}/artifacts/kernel ${kernelParameters(boot, settings).join(' ')} || goto failed`,
    `initrd --name ${INITRD} ${origin}/artifacts/initrd || goto failed`,
    'boot',
    ':failed',
    'echo Anneal: the agent could not be loaded',
    'sleep 10',
    'chain --replace ' + `${origin}/boot.ipxe || exit 1`,
  ]);
}

/** Sends the machine to its next boot device. */
export function exitScript(reason: string): string {
  return script([`echo Anneal: ${reason}`, 'exit 1']);
}

/**
 * What the agent reads from /proc/cmdline (ironic-python-agent, config.py). Nothing in it is secret: the
 * token comes by lookup.
 */
export function kernelParameters({ mac, purpose, origin }: AgentBoot, settings: AgentBootSettings): string[] {
  const apiUrl = settings.apiUrl.replaceAll('{host}', new URL(origin).hostname);
  const inspection = [
    `ipa-inspection-callback-url=${apiUrl}/v1/continue_inspection`,
    // Without `logs`, which sends the whole log as base64 with the inventory.
    'ipa-inspection-collectors=default,pci-devices',
  ];
  return [
    `initrd=${INITRD}`,
    `ipa-api-url=${apiUrl}`,
    `ipa-collect-lldp=${settings.collectLldp ? 1 : 0}`,
    // As PXELINUX spells it: the hardware type, then the address.
    `BOOTIF=01-${mac.toLowerCase().replaceAll(':', '-')}`,
    ...(purpose === 'inspection' ? inspection : []),
    ...settings.kernelParams.replaceAll('{boot}', origin).split(/\s+/).filter(Boolean),
  ];
}

function script(lines: readonly string[]): string {
  return ['#!ipxe', ...lines, ''].join('\n');
}
