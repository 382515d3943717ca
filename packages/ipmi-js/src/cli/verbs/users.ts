import { PRIVILEGES } from '../../commands/command.ts';
import type { Privilege } from '../../commands/command.ts';
import { numberOf, oneOf, verb } from '../verb.ts';
import type { Verbs } from '../verb.ts';

const LAST_USER = 63;
const NO_ACCESS = '15';

/** ipmitool takes the number of a level; its name will do too. */
const LEVELS: Readonly<Record<string, Privilege | 'none'>> = {
  ...Object.fromEntries(
    PRIVILEGES.flatMap((name, index): [string, Privilege][] => [
      [name, name],
      [String(index + 1), name],
    ]),
  ),
  [NO_ACCESS]: 'none',
};

const list = verb('[CHANNEL]', async ({ bmc }, [channel = '1']) => {
  const users = await bmc.users.list({ channel: numberOf(channel, 'user list', 0x0f) });
  const lines = users.map(
    ({ id, name, enabled, privilege }) =>
      `${id} | ${name} | ${enabled === true ? 'enabled' : 'disabled'} | ${privilege ?? 'no access'}`,
  );
  return { lines, value: users };
});

const idOf = (word: string | undefined): number => numberOf(word, 'user id', LAST_USER);

/** User accounts. Passwords come from IPMI_USER_PASSWORD or are asked for; they are never arguments. */
export const USER_VERBS: Verbs = {
  user: list,
  'user list': list,
  'user set name': verb('ID NAME', async ({ bmc }, [id, name = '']) => {
    await bmc.users.setName(idOf(id), name);
    return { lines: [`User ${idOf(id)} is called ${name}`], value: { id: idOf(id), name } };
  }),
  'user set password': verb('ID', async ({ bmc, secret }, [id]) => {
    await bmc.users.setPassword(idOf(id), await secret('IPMI_USER_PASSWORD', `Password for user ${idOf(id)}: `));
    return { lines: [`Set User Password command successful (user ${idOf(id)})`], value: { id: idOf(id) } };
  }),
  'user test': verb('ID', async ({ bmc, secret }, [id]) => {
    const right = await bmc.users.testPassword(
      idOf(id),
      await secret('IPMI_USER_PASSWORD', `Password for user ${idOf(id)}: `),
    );
    return { lines: [right ? 'Success' : 'Set User Password command failed (password is wrong)'], value: { right } };
  }),
  'user enable': verb('ID', async ({ bmc }, [id]) => {
    await bmc.users.enable(idOf(id));
    return { lines: [`User ${idOf(id)} is enabled`], value: { id: idOf(id), enabled: true } };
  }),
  'user disable': verb('ID', async ({ bmc }, [id]) => {
    await bmc.users.disable(idOf(id));
    return { lines: [`User ${idOf(id)} is disabled`], value: { id: idOf(id), enabled: false } };
  }),
  'user priv': verb('ID LEVEL [CHANNEL]', async ({ bmc }, [id, level, channel = '1']) => {
    const privilege = oneOf(LEVELS, level, 'user priv');
    const options = { channel: numberOf(channel, 'channel', 0x0f) };
    await bmc.users.setPrivilege(idOf(id), privilege === 'none' ? undefined : privilege, options);
    return { lines: [`Set Privilege Level command successful (user ${idOf(id)})`], value: { id: idOf(id), privilege } };
  }),
};
