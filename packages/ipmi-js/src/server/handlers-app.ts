import { CC } from '../codec/completion-codes.ts';
import { encodeSuiteRecords } from '../codec/cipher-suites.ts';
import { privilegeNumber } from '../commands/command.ts';
import { activatePayload } from '../commands/activate-payload.ts';
import { closeSession } from '../commands/close-session.ts';
import { coldReset } from '../commands/cold-reset.ts';
import { deactivatePayload } from '../commands/deactivate-payload.ts';
import { getChannelAuthCapabilities } from '../commands/get-channel-auth-capabilities.ts';
import { getChannelCipherSuites } from '../commands/get-channel-cipher-suites.ts';
import { getDeviceGuid } from '../commands/get-device-guid.ts';
import { getDeviceId } from '../commands/get-device-id.ts';
import { getPayloadActivationStatus } from '../commands/get-payload-activation-status.ts';
import { getPayloadInstanceInfo } from '../commands/get-payload-instance-info.ts';
import { getSelfTestResults } from '../commands/get-self-test-results.ts';
import { getSystemGuid } from '../commands/get-system-guid.ts';
import { setSessionPrivilegeLevel } from '../commands/set-session-privilege-level.ts';
import { warmReset } from '../commands/warm-reset.ts';
import { CompletionError } from './completion-error.ts';
import { handle } from './handler.ts';
import type { Context, Handler } from './handler.ts';
import { LAN_CHANNEL, onLan } from './handlers-channel.ts';
import { SOL_PAYLOAD_SIZE } from './sol-port.ts';

const SOL_PAYLOAD = 1;
const SUITE_PAGE = 16;
const SELF_TEST_PASSED = 0x55;
const EXCEEDS_LIMIT = 0x81;
const NO_SUCH_SESSION = 0x87;
const PAYLOAD_DISABLED = 0x81;
const IPMI_2_0 = 0x02;
const ADMINISTRATOR = privilegeNumber('administrator');

const bcd = (value: number): number => (Math.floor(value / 10) << 4) | (value % 10);

function deviceId({ bmc: { options } }: Context): ReturnType<typeof getDeviceId.response.read> {
  const { deviceId: id = 0x20, firmware = '1.0', manufacturerId = 0, productId = 0 } = options.deviceId ?? {};
  const [major = 0, minor = 0] = firmware.split('.').map(Number);
  return {
    deviceId: id,
    providesSdrs: false,
    deviceRevision: 1,
    updating: false,
    firmwareMajor: major,
    firmwareMinorBcd: bcd(minor),
    ipmiVersionBcd: IPMI_2_0,
    chassisDevice: true,
    bridge: false,
    eventGenerator: false,
    eventReceiver: true,
    fruInventory: true,
    selDevice: true,
    sdrRepository: true,
    sensorDevice: true,
    manufacturerId,
    productId,
    auxiliaryFirmware: new Uint8Array(4),
  };
}

function authCapabilities({ bmc }: Context): ReturnType<typeof getChannelAuthCapabilities.response.read> {
  return {
    channel: LAN_CHANNEL,
    extended: true,
    oemAuth: false,
    straightPassword: false,
    md5: false,
    md2: false,
    none: false,
    kgSet: bmc.channelKeys.kg !== undefined,
    perMessageAuthDisabled: false,
    userLevelAuthDisabled: false,
    nonNullUsers: true,
    nullUsers: bmc.users.hasNullUser,
    anonymousLogin: false,
    ipmi20: true,
    ipmi15: false,
    oemId: 0,
    oemData: 0,
  };
}

function inSession(context: Context): NonNullable<Context['session']> {
  if (context.session === undefined) throw new CompletionError(CC.privilege);
  return context.session;
}

function setPrivilege(level: number, context: Context): { level: number } {
  const session = inSession(context);
  if (level > session.maxPrivilege) throw new CompletionError(EXCEEDS_LIMIT);
  if (level !== 0) session.privilege = level;
  return { level: session.privilege };
}

async function activate(
  request: { payloadType: number; instance: number; authenticate: boolean; encrypt: boolean },
  context: Context,
): Promise<ReturnType<typeof activatePayload.response.read>> {
  const session = inSession(context);
  if (request.payloadType !== SOL_PAYLOAD || request.instance !== 1) throw new CompletionError(CC.invalidData);
  if (session.privilege < context.bmc.solSettings.privilege) throw new CompletionError(CC.privilege);
  if (session.account?.sol !== true || !context.bmc.solSettings.enabled) throw new CompletionError(PAYLOAD_DISABLED);
  await context.bmc.sol.activate(session);
  return {
    auxiliary: new Uint8Array(4),
    inboundSize: SOL_PAYLOAD_SIZE,
    outboundSize: SOL_PAYLOAD_SIZE,
    port: context.bmc.port(),
    vlan: 0xffff,
  };
}

/** App commands: identity, discovery, sessions, payloads. */
export const APP_HANDLERS: readonly Handler[] = [
  handle(getDeviceId, (_, context) => deviceId(context)),
  handle(getSelfTestResults, () => ({ result: SELF_TEST_PASSED, detail: 0 })),
  handle(getSystemGuid, (_, { bmc }) => ({ guid: bmc.guid }), { open: true }),
  handle(getDeviceGuid, (_, { bmc }) => ({ guid: bmc.guid })),
  handle(warmReset, (_, { bmc }) => (bmc.reset('warm'), {})),
  handle(coldReset, (_, { bmc }) => (bmc.reset('cold'), {})),
  handle(getChannelAuthCapabilities, (_, context) => authCapabilities(context), { open: true }),
  handle(
    getChannelCipherSuites,
    ({ channel, index }, { bmc }) => {
      onLan(channel);
      const records = encodeSuiteRecords(bmc.suites);
      return { channel: LAN_CHANNEL, records: records.subarray(index * SUITE_PAGE, (index + 1) * SUITE_PAGE) };
    },
    { open: true },
  ),
  handle(setSessionPrivilegeLevel, ({ level }, context) => setPrivilege(level, context)),
  handle(closeSession, ({ sessionId }, context) => {
    const target = context.bmc.sessions.get(sessionId);
    if (target === undefined) throw new CompletionError(NO_SUCH_SESSION);
    const { session } = context;
    // Somebody else's session is ended by administrators only (IPMI v2.0 table G-1, note 5).
    if (target !== session && (session?.privilege ?? 0) < ADMINISTRATOR) throw new CompletionError(CC.privilege);
    // The answer still has to be sealed with this session's keys.
    setImmediate(() => context.bmc.sessions.end(target));
    return {};
  }),
  handle(activatePayload, activate),
  handle(deactivatePayload, ({ payloadType }, { bmc }) => {
    if (payloadType !== SOL_PAYLOAD) throw new CompletionError(PAYLOAD_DISABLED);
    bmc.sol.deactivate();
    return {};
  }),
  handle(getPayloadActivationStatus, ({ payloadType }, { bmc }) => ({
    capacity: payloadType === SOL_PAYLOAD ? 1 : 0,
    active: payloadType === SOL_PAYLOAD && bmc.sol.isActive ? 1 : 0,
  })),
  handle(getPayloadInstanceInfo, ({ payloadType, instance }, { bmc }) => {
    if (payloadType !== SOL_PAYLOAD || instance !== 1) throw new CompletionError(CC.invalidData);
    return { sessionId: bmc.sol.session?.id ?? 0, port: 0, reservedInfo: new Uint8Array(7) };
  }),
];
