import { Context } from '@temporalio/activity';
import { inVain } from '../db/pool.ts';
import { BareMetalError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/node.ts';
import { LOOKING, type PlannedAction, type PlannedCall, type PresentDevice } from '../domain/plans.ts';
import { stepKey, type Step } from '../domain/steps.ts';
import { takeAnswers } from './answers.ts';
import { openDevice, portsOf, type Device } from './device.ts';
import { imagineAgent, imagineDrivers, NO_BOOT_SELECTION, type ImaginedDevice } from './imagined.ts';
import { leaseNetwork, wordsOfSelection } from './leased.ts';
import { createRecordActivities, type ClaimInput, type NodePlan } from './records.ts';
import type { Tools } from './tools.ts';

/** The activities of a worker by their names. */
type CreateActivities = (tools: Tools) => object;

/** Calls that are tried out on an imagined machine; all others are told by their names, and never made. */
const REHEARSED: ReadonlySet<string> = new Set([
  'bootAgent',
  'bootTenant',
  'callVendorMethod',
  'changeDevice',
  'ensurePower',
  'flipPorts',
  'injectNmi',
  'inspectByDriver',
  'parkNode',
  'restartMachine',
  'runDriverStep',
  'setBootDevice',
  'softPowerOff',
  'verifyBmc',
]);

/** Activities of plans: they read, and whatever they write is rolled back. */
export const createPlanActivities = (tools: Tools, createDeviceActivities: CreateActivities) => ({
  /** What a claim would give; nothing is claimed. @throws BareMetalError as `claimNode` does */
  planClaim: (input: ClaimInput): Promise<NodePlan> =>
    inVain(tools.db, (db) => createRecordActivities({ ...tools, db }).claimNode(input)),

  /**
   * Reads what the machine is like now, and does these calls, by their own code, on an imagined machine that
   * begins like that: what they would ask of the real one, in order.
   */
  async rehearse(input: {
    readonly nodeUuid: string;
    readonly claim: ClaimInput;
    readonly calls: readonly PlannedCall[];
  }): Promise<{ present: PresentDevice; actions: PlannedAction[] }> {
    const device = await openDevice(tools, input.nodeUuid);
    const { present, imagined } = await readDevice(tools, device);
    takeAnswers(Context.current());
    const actions = await inVain(tools.db, async (db) => {
      const drivers = imagineDrivers(tools.drivers, imagined);
      const inVainTools = { ...tools, db, drivers, agent: imagineAgent(tools.agent) };
      await createRecordActivities(inVainTools).claimNode(input.claim);
      return await perform(createDeviceActivities(inVainTools), input.calls, device);
    });
    return { present, actions };
  },
});

type Activity = (input: JsonObject) => Promise<unknown>;

async function perform(
  activities: object,
  calls: readonly PlannedCall[],
  { driver }: Device,
): Promise<PlannedAction[]> {
  const actions: PlannedAction[] = [];
  for (const { activity: call, input } of calls) {
    const activity = (activities as Record<string, Activity>)[call];
    if (activity === undefined || !REHEARSED.has(call)) {
      actions.push({ call, device: driver.usesAgent ? 'agent' : 'driver', action: wordsOfCall(call, input) });
      continue;
    }
    await activity(input);
    const asked = takeAnswers(Context.current()).filter(({ action }) => !LOOKING.has(action));
    actions.push(...asked.map(({ device, action }) => ({ call, device, action })));
  }
  return actions;
}

/** What the calls are named that are not tried out, in the words of what is noted when they are made. */
const WORDS: Readonly<Record<string, string>> = {
  finishRescue: 'finish the rescue',
  prepareInstanceBoot: 'make the system bootable',
  verifyErasure: 'read samples of every disk',
  writeImage: 'write the image and the config drive',
};

/** `runAgentStep` of a step names it. */
function wordsOfCall(call: string, { step }: JsonObject): string {
  return typeof step === 'object' && step !== null ? `step ${stepKey(step as Step)}` : (WORDS[call] ?? call);
}

/** A BMC or a switch that doesn't answer now hinders no plan; the plan says so. */
async function readDevice(tools: Tools, device: Device): Promise<{ present: PresentDevice; imagined: ImaginedDevice }> {
  const unknown: string[] = [];
  const reading = async <T>(what: string, read: () => Promise<T>): Promise<T | null> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof BareMetalError)) throw error;
      unknown.push(`${what}: ${error.code}`);
      return null;
    }
  };
  const { power, management } = device.driver;
  const powerState = await reading('power', () => power.getPowerState(device));
  const boot = await reading('boot flags', () => management.getBootSelection(device));
  const network = leaseNetwork(tools.drivers.network(device.node));
  const ports = [];
  for (const port of await portsOf(tools, device)) {
    const read = await reading(`port ${port.address}`, () => network.getPortVlan(device, port));
    ports.push({ address: port.address, vlan: read?.vlan ?? null });
  }
  return {
    present: { power: powerState, boot: boot && wordsOfSelection(boot), ports, unknown },
    imagined: { power: powerState ?? device.node.powerState ?? 'power off', boot: boot ?? NO_BOOT_SELECTION },
  };
}
