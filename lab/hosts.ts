import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './errors.ts';
import { NETWORK_NAMES, NETWORKS } from './layout.ts';
import type { NetworkName } from './layout.ts';
import { dropOffloads, ensureVeth, hasLink } from './links.ts';
import { ensureNamespace, inNamespace, ipIn } from './namespaces.ts';
import { ensurePort } from './ovs.ts';
import type { LabState } from './state.ts';
import type { LabBuilder } from './supervise.ts';

const waitForLink = async (lab: LabState, name: string): Promise<void> => {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await hasLink(lab, lab.namespace, name)) return;
    await sleep(100);
  }
  throw new LabError(`Open vSwitch didn't make the port ${name}; see log/ovs-vswitchd.log of the lab.`);
};

const moveTo = async (lab: LabState, port: string, namespace: string): Promise<void> => {
  await waitForLink(lab, port);
  if (namespace !== lab.namespace) await ipIn(lab, lab.namespace, 'link', 'set', 'dev', port, 'netns', namespace);
};

/** The switch makes its internal ports in its own namespace; they are moved to the network's host. Without taps a veth pair does. */
const plugIn = async (lab: LabState, name: NetworkName): Promise<void> => {
  const { interface: port, vlan, namespace } = lab.networks[name];
  if (await hasLink(lab, namespace, port)) return undefined;
  if (lab.links === 'tap') {
    await ensurePort(lab, port, vlan, 'internal');
    return moveTo(lab, port, namespace);
  }
  const plug = `${port}-sw`;
  await ensureVeth(lab, port, plug);
  await moveTo(lab, port, namespace);
  return ensurePort(lab, plug, vlan, 'system');
};

const address = async (lab: LabState, name: NetworkName): Promise<void> => {
  const { interface: port, namespace } = lab.networks[name];
  const layout = NETWORKS[name];
  await ipIn(lab, namespace, 'address', 'replace', `${layout.address}/24`, 'dev', port);
  await ipIn(lab, namespace, 'address', 'replace', `${layout.address6}/64`, 'dev', port, 'nodad');
  await ipIn(lab, namespace, 'link', 'set', 'dev', port, 'up');
  await dropOffloads(lab, namespace, port);
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
    `dhcp-leasefile=${join(lab.directory, `${name}.leases`)}`,
    '',
  ].join('\n');
};

const serveDhcp = async (builder: LabBuilder, name: NetworkName): Promise<void> => {
  const lab = builder.state;
  const config = join(lab.directory, `dnsmasq-${name}.conf`);
  await writeFile(config, dnsmasqConfig(lab, name));
  // -d also keeps the user: in a user namespace dnsmasq can't change its groups, and would end.
  const argv = ['dnsmasq', '-d', `--conf-file=${config}`];
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
