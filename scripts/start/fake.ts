import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient, NodeView } from './api-client.ts';
import type { Display } from './display.ts';
import { time } from './display.ts';
import { provision, refuseMaintenance, settle } from './provision.ts';

const NAME_DIGITS = 3;
const POLL_MS = 500;
/** Seconds that the pretended hardware takes, as `least,most`. */
const DIALS = { fake_power_delay_s: '0.1,0.4', fake_clean_delay_s: '1,3', fake_deploy_delay_s: '1,4' };
/** The share of the nodes that is given back at the end. */
const GIVEN_BACK = 1 / 5;

/** Fake nodes go enrol → manageable → available → active, and a fifth of them is given back and cleaned. */
export async function fakeJourney(api: ApiClient, count: number, display: Display): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `fake-${String(index + 1).padStart(NAME_DIGITS, '0')}`);
  const track = display.track(`${count} nodes`);
  const started = Date.now();
  const watching = new AbortController();
  track.begin('all to active');
  const watcher = watch(api, names, (text) => track.detail(text), watching.signal);
  await Promise.all(names.map((name) => toActive(api, name)));
  track.done('every node deployed');
  const back = names.slice(0, Math.max(1, Math.round(count * GIVEN_BACK)));
  track.begin('a fifth given back');
  await Promise.all(back.map((name) => provision(api, name, { target: 'deleted' })));
  watching.abort();
  await watcher;
  track.done(`${back.length} cleaned and available again`);
  display.line(`  ${count} nodes in ${time((Date.now() - started) / 1000)}.`);
}

/** From whatever state an earlier run left a node in. */
async function toActive(api: ApiClient, name: string): Promise<void> {
  if ((await api.find(`/v1/nodes/${name}`)) === undefined)
    await api.post('/v1/nodes', { name, driver: 'fake-hardware', driver_info: DIALS, network_interface: 'noop' });
  let node = refuseMaintenance(await settleAnyhow(api, name));
  for (let steps = 0; node.provision_state !== 'active' && steps < 6; steps += 1) {
    const target = NEXT[node.provision_state];
    if (target === undefined) throw new Error(`${name} is in "${node.provision_state}"; bring it to available by hand`);
    node = await provision(api, name, { target });
  }
}

const NEXT: Readonly<Record<string, string>> = {
  enroll: 'manage',
  manageable: 'provide',
  available: 'active',
  'clean failed': 'manage',
  'deploy failed': 'active',
  'inspect failed': 'manage',
  error: 'deleted',
};

/** An earlier run may have ended in the middle of an operation, which went on by itself and may have failed. */
async function settleAnyhow(api: ApiClient, name: string): Promise<NodeView> {
  return await settle(api, name).catch(() => api.get<NodeView>(`/v1/nodes/${name}`));
}

async function watch(
  api: ApiClient,
  names: readonly string[],
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const ours = new Set<string | null>(names);
  while (!signal.aborted) {
    const path = '/v1/nodes?fields=name,provision_state&limit=1000';
    const answer = await api.get<{ nodes: NodeView[] }>(path).catch(() => ({ nodes: [] as NodeView[] }));
    const counts = new Map<string, number>();
    for (const node of answer.nodes)
      if (ours.has(node.name)) counts.set(node.provision_state, (counts.get(node.provision_state) ?? 0) + 1);
    tell([...counts].map(([state, number]) => `${number} ${state}`).join(' · '));
    await sleep(POLL_MS);
  }
}
