import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './errors.ts';
import { NETWORK_NAMES, NETWORKS } from './layout.ts';
import type { NetworkName } from './layout.ts';
import { ensureNamespace, holdsInLab, inNamespace, ipIn, runInNamespace } from './namespaces.ts';
import { ensurePort } from './ovs.ts';
import type { LabState } from './state.ts';
import type { LabBuilder } from './supervise.ts';

const hasLink = async (lab: LabState, namespace: string, name: string): Promise<boolean> =>
  holdsInLab(lab, ['ip', '-n', namespace, 'link', 'show', 'dev', name]);

const waitForLink = async (lab: LabState, name: string): Promise<void> => {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await hasLink(lab, lab.namespace, name)) return;
    await sleep(100);
  }
  throw new LabError(`Open vSwitch didn't make the port ${name}; see log/ovs-vswitchd.log of the lab.`);
};

/** The switch makes its internal ports in its own namespace; they are moved to the network's host. */
const plugIn = async (lab: LabState, name: NetworkName): Promise<void> => {
  const network = lab.networks[name];
  const port = network.interface;
  await ensurePort(lab, port, network.vlan, 'internal');
  if (network.namespace === lab.namespace) return waitForLink(lab, port);
  if (await hasLink(lab, network.namespace, port)) return undefined;
  await waitForLink(lab, port);
  await ipIn(lab, lab.namespace, 'link', 'set', 'dev', port, 'netns', network.namespace);
  return undefined;
};

const address = async (lab: LabState, name: NetworkName): Promise<void> => {
  const { interface: port, namespace } = lab.networks[name];
  const layout = NETWORKS[name];
  await ipIn(lab, namespace, 'address', 'replace', `${layout.address}/24`, 'dev', port);
  await ipIn(lab, namespace, 'address', 'replace', `${layout.address6}/64`, 'dev', port, 'nodad');
  await ipIn(lab, namespace, 'link', 'set', 'dev', port, 'up');
  // Checksums left to hardware that isn't there break TCP through the userspace datapath.
  await runInNamespace(lab, ['ethtool', '-K', port, 'tx', 'off'], namespace);
};

const dnsmasqConfig = (lab: LabState, name: NetworkName): string => {
  const { interface: port, dhcpRange } = lab.networks[name];
  return [
    `interface=${port}`,
    'bind-interfaces',
    'port=0',
    `dhcp-range=${dhcpRange.join(',')},255.255.255.0,10m`,
    'dhcp-option=3',
    'dhcp-authoritative',
    'no-ping',
    'user=root',
    `dhcp-leasefile=${join(lab.directory, `${name}.leases`)}`,
    '',
  ].join('\n');
};

const serveDhcp = async (builder: LabBuilder, name: NetworkName): Promise<void> => {
  const lab = builder.state;
  const config = join(lab.directory, `dnsmasq-${name}.conf`);
  await writeFile(config, dnsmasqConfig(lab, name));
  const argv = ['dnsmasq', '-k', `--conf-file=${config}`, '--log-facility=-'];
  await builder.ensureProcess(`dnsmasq-${name}`, inNamespace(lab, argv, lab.networks[name].namespace));
};

/** Gives each network its host: an internal port of the switch with addresses, in the namespace it belongs to. */
export const ensureHosts = async (builder: LabBuilder): Promise<void> => {
  for (const name of NETWORK_NAMES) {
    await ensureNamespace(builder.state, builder.state.networks[name].namespace);
    await plugIn(builder.state, name);
    await address(builder.state, name);
    if (NETWORKS[name].dhcp) await serveDhcp(builder, name);
  }
};
