import { holdsInLab, inNamespace, ipIn, runInNamespace } from './namespaces.ts';
import type { LabPlace } from './namespaces.ts';
import type { LabState, LinkKind } from './state.ts';
import type { LabBuilder } from './supervise.ts';

/** True when the interface is in the namespace. */
export const hasLink = async (lab: LabPlace, namespace: string, name: string): Promise<boolean> =>
  holdsInLab(lab, ['ip', '-n', namespace, 'link', 'show', 'dev', name]);

const PROBE = 'probe';

/**
 * How things are plugged into the switch: by taps where /dev/net/tun may be opened (as usual), else by
 * veth pairs, which a user namespace may always make.
 */
export const usableLinks = async (lab: LabPlace): Promise<LinkKind> => {
  if (lab.mode === 'root') return 'tap';
  if (!(await holdsInLab(lab, ['ip', '-n', lab.namespace, 'tuntap', 'add', 'dev', PROBE, 'mode', 'tap'])))
    return 'veth';
  await ipIn(lab, lab.namespace, 'tuntap', 'del', 'dev', PROBE, 'mode', 'tap');
  return 'tap';
};

const OFFLOADS = ['tx', 'tso', 'gso', 'gro'];

/** Leaves no checksum and no segmentation to hardware that isn't there: they break TCP through the userspace switch. */
export const dropOffloads = async (lab: LabPlace, namespace: string, name: string): Promise<void> => {
  await runInNamespace(lab, ['ethtool', '-K', name, ...OFFLOADS.flatMap((feature) => [feature, 'off'])], namespace);
};

/** Makes a pair of interfaces in the lab's namespace: `end` for its user, `plug` for the switch. */
export const ensureVeth = async (lab: LabPlace, end: string, plug: string): Promise<void> => {
  if (!(await hasLink(lab, lab.namespace, plug))) {
    await ipIn(lab, lab.namespace, 'link', 'add', end, 'type', 'veth', 'peer', 'name', plug);
    for (const name of [end, plug]) await dropOffloads(lab, lab.namespace, name);
  }
  // The kernel must not speak on the switch's side.
  await ipIn(lab, lab.namespace, 'link', 'set', 'dev', plug, 'addrgenmode', 'none', 'up');
};

const ensureTap = async (lab: LabState, name: string): Promise<void> => {
  if (!(await hasLink(lab, lab.namespace, name)))
    await ipIn(lab, lab.namespace, 'tuntap', 'add', 'dev', name, 'mode', 'tap');
  await ipIn(lab, lab.namespace, 'link', 'set', 'dev', name, 'up');
};

/** The two UDP ports, on the loopback of the lab's namespace, by which QEMU and a veth exchange frames. */
export const framePorts = (link: number): { qemu: number; cable: number } => ({
  qemu: 20_000 + link * 2,
  cable: 20_001 + link * 2,
});

/** Without taps: a veth whose far end socat carries to QEMU, a frame a datagram. */
const ensureCable = async (builder: LabBuilder, name: string, link: number): Promise<void> => {
  const lab = builder.state;
  const end = `${name}q`;
  await ensureVeth(lab, end, name);
  await ipIn(lab, lab.namespace, 'link', 'set', 'dev', end, 'addrgenmode', 'none', 'up');
  const { qemu, cable } = framePorts(link);
  const argv = ['socat', '-b', '65536', `INTERFACE:${end}`, `UDP4-SENDTO:127.0.0.1:${qemu},bind=127.0.0.1:${cable}`];
  await builder.ensureProcess(`cable-${name}`, inNamespace(lab, argv));
};

/** Makes the interface that a machine's card is plugged into the switch by; it carries the card's port name. */
export const ensureCardLink = async (builder: LabBuilder, name: string, link: number): Promise<void> =>
  builder.state.links === 'tap' ? ensureTap(builder.state, name) : ensureCable(builder, name, link);
