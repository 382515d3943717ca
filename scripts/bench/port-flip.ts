/**
 * Port flip: a real Open vSwitch port from one VLAN to another and back, each with waiting until ovs-vswitchd applied
 * it and reading back, over one kept connection. Prints one JSON line. Needs root and Open vSwitch.
 *   node --import tsx --conditions=source scripts/bench/port-flip.ts [rounds]
 */
import { OvsSwitch } from '../../drivers/switch/ovs/ovs-switch.ts';
import { startOpenVSwitch, whyNoOpenVSwitch } from '../../test/contract/open-vswitch.ts';

const LIMIT_MS = 20;
const rounds = Number(process.argv[2] ?? 200);

const why = await whyNoOpenVSwitch();
if (why !== undefined) throw new Error(`This bench ${why}.`);
const ovs = await startOpenVSwitch();
const leaf = new OvsSwitch('bench', { ovsdb: ovs.ovsdb, bridge: ovs.bridge });
try {
  await ovs.addPort('p1');
  const durations: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    await leaf.setPortVlan('p1', round % 2 === 0 ? 100 : 200, AbortSignal.timeout(15_000));
    durations.push(performance.now() - startedAt);
  }
  durations.sort((a, b) => a - b);
  const at = (share: number): number => Number((durations[Math.floor(share * (rounds - 1))] ?? Number.NaN).toFixed(2));
  const line = { bench: 'port-flip', rounds, medianMs: at(0.5), p95Ms: at(0.95), maxMs: at(1), limitMs: LIMIT_MS };
  process.stdout.write(`${JSON.stringify({ ...line, ok: line.medianMs <= LIMIT_MS })}\n`);
  process.exitCode = line.medianMs <= LIMIT_MS ? 0 : 1;
} finally {
  await leaf.close();
  await ovs.close();
}
