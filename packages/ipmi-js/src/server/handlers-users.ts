import { CC } from '../codec/completion-codes.ts';
import { getSessionInfo } from '../commands/get-session-info.ts';
import { getUserAccess } from '../commands/get-user-access.ts';
import { getUserName } from '../commands/get-user-name.ts';
import { getUserPayloadAccess } from '../commands/get-user-payload-access.ts';
import { setUserAccess } from '../commands/set-user-access.ts';
import { setUserName } from '../commands/set-user-name.ts';
import { setUserPassword } from '../commands/set-user-password.ts';
import { setUserPayloadAccess } from '../commands/set-user-payload-access.ts';
import { sameCode } from '../session/algorithms.ts';
import { CompletionError } from './completion-error.ts';
import { handle } from './handler.ts';
import type { Context, Handler } from './handler.ts';
import { LAN_CHANNEL, onLan } from './handlers-channel.ts';
import type { ServerSession } from './server-session.ts';
import { USER_SLOTS } from './users.ts';
import type { Account } from './users.ts';

const WRONG_PASSWORD = 0x80;
const PASSWORD_SLOT = 20;

function account({ bmc }: Context, userId: number): Account {
  const found = bmc.users.get(userId);
  if (found === undefined) throw new CompletionError(CC.outOfRange);
  return found;
}

const OPERATIONS: Readonly<Record<string, (user: Account, password: Buffer) => void>> = {
  disable: (user) => {
    user.enabled = false;
  },
  enable: (user) => {
    user.enabled = true;
  },
  set: (user, password) => {
    user.password = password;
  },
  test: (user, password) => {
    if (!sameCode(user.password, password)) throw new CompletionError(WRONG_PASSWORD);
  },
};

function changePassword(
  request: ReturnType<typeof setUserPassword.request.read>,
  context: Context,
): Record<string, never> {
  const operate = OPERATIONS[request.operation];
  if (operate === undefined) throw new CompletionError(CC.invalidData);
  const needed = request.twentyBytes ? PASSWORD_SLOT : 16;
  const carries = request.operation === 'set' || request.operation === 'test';
  if (carries && request.password.length < needed) throw new CompletionError(CC.length);
  const padded = Buffer.alloc(PASSWORD_SLOT);
  padded.set(request.password.subarray(0, needed));
  operate(account(context, request.userId), padded);
  return {};
}

function sessionFacts(
  session: ServerSession | undefined,
  { bmc }: Context,
): ReturnType<typeof getSessionInfo.response.read> {
  const counts = { possible: bmc.sessions.capacity, active: bmc.sessions.open.length };
  if (session === undefined) return { handle: 0, ...counts };
  return {
    handle: session.handle,
    ...counts,
    userId: session.account?.id ?? 0,
    privilege: session.privilege,
    protocol: '2.0',
    channel: LAN_CHANNEL,
    consoleIp: Uint8Array.from(session.peer.address.split('.').map(Number)),
    consoleMac: new Uint8Array(6),
    consolePort: session.peer.port,
  };
}

const BY_HANDLE = 0xfe;
const BY_ID = 0xff;

function findSession(index: number, key: Uint8Array, { bmc, session }: Context): ServerSession | undefined {
  if (index === 0) return session;
  if (index === BY_HANDLE) return bmc.sessions.open.find((one) => one.handle === key[0]);
  if (index !== BY_ID) return bmc.sessions.open[index - 1];
  return key.length < 4 ? undefined : bmc.sessions.get(Buffer.from(key).readUInt32LE());
}

/** Users and sessions (IPMI v2.0 §22, §24). */
export const USER_HANDLERS: readonly Handler[] = [
  handle(getSessionInfo, ({ index, key }, context) => sessionFacts(findSession(index, key, context), context)),
  handle(getUserAccess, ({ channel, userId }, context) => {
    onLan(channel);
    const user = account(context, userId);
    return {
      maxUsers: USER_SLOTS,
      status: user.enabled ? 'enabled' : 'disabled',
      enabledUsers: context.bmc.users.enabledCount,
      fixedNames: 1,
      callbackOnly: false,
      linkAuth: user.linkAuth,
      messaging: user.messaging,
      privilege: user.privilege,
    };
  }),
  handle(setUserAccess, (request, context) => {
    onLan(request.channel);
    const user = account(context, request.userId);
    user.privilege = request.privilege;
    if (request.change) {
      user.linkAuth = request.linkAuth;
      user.messaging = request.messaging;
    }
    return {};
  }),
  handle(getUserName, ({ userId }, context) => ({ name: account(context, userId).name })),
  handle(setUserName, ({ userId, name }, context) => {
    if (userId === 1) throw new CompletionError(CC.invalidData);
    account(context, userId).name = name;
    return {};
  }),
  handle(setUserPassword, changePassword),
  handle(getUserPayloadAccess, ({ userId }, context) => ({ sol: account(context, userId).sol, oem: 0 })),
  handle(setUserPayloadAccess, ({ userId, operation, sol }, context) => {
    if (sol) account(context, userId).sol = operation === 'enable';
    return {};
  }),
];
