import { activityInfo } from '@temporalio/activity';
import type { Tools } from '../../../activities/tools.ts';
import type { AgentTarget } from '../../../drivers/agent/client.ts';
import type { CallContext, DeviceChanges, HardwareType, NetworkInterface } from '../../../drivers/interfaces.ts';

/** Takes the place of a change of a machine; `id` is the workflow's call that makes it. */
export type Changing = (at: { nodeUuid: string; id: string }, change: () => Promise<unknown>) => Promise<unknown>;

type Around = <T>(context: CallContext, change: () => Promise<T>) => Promise<T>;

function withRescue({ rescue }: HardwareType, around: Around): Pick<HardwareType, 'rescue'> {
  if (rescue === undefined) return {};
  return { rescue: { finishRescue: (context) => around(context, () => rescue.finishRescue(context)) } };
}

function withChanges({ changes }: HardwareType, around: Around): Pick<HardwareType, 'changes'> {
  if (changes === undefined) return {};
  const watched = Object.entries(changes).map(([what, make]) => [
    what,
    (context: CallContext, change: never) => around(context, () => make(context, change)),
  ]);
  return { changes: Object.fromEntries(watched) as DeviceChanges };
}

function withVendor({ vendor }: HardwareType, around: Around): Pick<HardwareType, 'vendor'> {
  if (vendor === undefined) return {};
  const call: typeof vendor.call = (context, ...asked) => around(context, () => vendor.call(context, ...asked));
  return { vendor: { ...vendor, call } };
}

/** Tools whose drivers hand every change of a machine to `changing`, right before the device would get it. */
export function watchChanges(tools: Tools, changing: Changing): Tools {
  const around = async <T>({ node }: CallContext, change: () => Promise<T>): Promise<T> =>
    (await changing({ nodeUuid: node.uuid, id: activityInfo().activityId }, change)) as T;
  const hardware = (type: HardwareType): HardwareType => ({
    ...type,
    power: {
      ...type.power,
      setPowerState: (context, target) => around(context, () => type.power.setPowerState(context, target)),
      requestSoftOff: (context) => around(context, () => type.power.requestSoftOff(context)),
      restart: (context) => around(context, () => type.power.restart(context)),
    },
    management: {
      ...type.management,
      setBootSelection: (context, to) => around(context, () => type.management.setBootSelection(context, to)),
      injectNmi: (context) => around(context, () => type.management.injectNmi(context)),
    },
    ...withRescue(type, around),
    ...withChanges(type, around),
    ...withVendor(type, around),
    steps: { ...type.steps, run: (context, step) => around(context, () => type.steps.run(context, step)) },
  });
  const network = (of: NetworkInterface): NetworkInterface => ({
    ...of,
    ensurePortVlan: (context, port, vlan) => around(context, () => of.ensurePortVlan(context, port, vlan)),
  });
  const { drivers, agent } = tools;
  return {
    ...tools,
    agent: {
      ...agent,
      async startCommand(target: AgentTarget, name, params, signal) {
        const start = () => agent.startCommand(target, name, params, signal);
        // The other commands only look.
        if (!name.includes('.execute_') && name !== 'rescue.finalize_rescue') return await start();
        const at = { nodeUuid: target.nodeUuid, id: activityInfo().activityId };
        return (await changing(at, start)) as Awaited<ReturnType<typeof start>>;
      },
    },
    drivers: {
      ...drivers,
      hardwareType: (name) => hardware(drivers.hardwareType(name)),
      network: (node) => network(drivers.network(node)),
    },
  };
}
