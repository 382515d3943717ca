import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  closeAgentSession,
  findNetworkBoot,
  getAgentSession,
  GIVEN_TOKEN,
  lookupAgent,
  markPoweredOn,
  openAgentSession,
  recordHeartbeat,
  setAwaited,
  type AgentHeartbeat,
} from '../../../db/agent-sessions.ts';
import { insertBareNode } from '../../support/bare-node.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const CALLBACK = 'https://172.31.101.77:9999';
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
let macCount = 0;

describe('agent sessions', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());

  async function addNode(state = 'clean wait') {
    const node = { uuid: randomUUID(), mac: `52:54:00:00:00:${(macCount += 1).toString(16).padStart(2, '0')}` };
    await insertBareNode(database.pool, { uuid: node.uuid, driver: 'ipmi', provision_state: state });
    await database.pool.query('insert into ports (uuid, node_uuid, address) values ($1, $2, $3)', [
      randomUUID(),
      node.uuid,
      node.mac,
    ]);
    return node;
  }

  async function bootedNode(state?: string) {
    const node = await addNode(state);
    await openAgentSession(database.pool, { nodeUuid: node.uuid, bootId: 'run:1', network: 'cleaning' });
    return node;
  }

  /** A node whose agent has its token, and a heartbeat that fits. */
  async function agentWithToken(): Promise<AgentHeartbeat & { token: string }> {
    const { uuid, mac } = await bootedNode();
    const found = await lookupAgent(database.pool, { addresses: [mac] });
    assert.ok(found);
    return {
      nodeUuid: uuid,
      token: found.token,
      callbackUrl: CALLBACK,
      verifyCa: CERTIFICATE,
      agentVersion: '13.0.0',
    };
  }

  describe('openAgentSession', () => {
    it('keeps everything when the same boot is opened again', async () => {
      const heartbeat = await agentWithToken();
      const boot = { nodeUuid: heartbeat.nodeUuid, bootId: 'run:1' };
      assert.equal(await markPoweredOn(database.pool, boot), true);
      await setAwaited(database.pool, { ...boot, awaited: true });
      await recordHeartbeat(database.pool, heartbeat);
      const before = await getAgentSession(database.pool, heartbeat.nodeUuid);
      assert.deepEqual(await openAgentSession(database.pool, { ...boot, network: 'cleaning' }), before);
      assert.equal(before?.callbackUrl, CALLBACK);
    });

    it('forgets the earlier boot when another one is opened', async () => {
      const heartbeat = await agentWithToken();
      const { nodeUuid } = heartbeat;
      await setAwaited(database.pool, { nodeUuid, bootId: 'run:1', awaited: true });
      await recordHeartbeat(database.pool, heartbeat);
      const session = await openAgentSession(database.pool, { nodeUuid, bootId: 'run:2', network: 'provisioning' });
      assert.deepEqual(session, {
        nodeUuid,
        bootId: 'run:2',
        network: 'provisioning',
        poweredOnAt: null,
        token: null,
        tokenGivenAt: null,
        callbackUrl: null,
        verifyCa: null,
        agentVersion: null,
        firstHeartbeatAt: null,
        lastHeartbeatAt: null,
        awaited: false,
      });
      await assert.rejects(recordHeartbeat(database.pool, heartbeat), { code: 'AgentTokenInvalid' });
    });
  });

  describe('markPoweredOn and setAwaited', () => {
    it('keep the first power-on, and say when another boot has taken over', async () => {
      const { uuid: nodeUuid } = await bootedNode();
      await markPoweredOn(database.pool, { nodeUuid, bootId: 'run:1' });
      const first = (await getAgentSession(database.pool, nodeUuid))?.poweredOnAt;
      assert.ok(first);
      await markPoweredOn(database.pool, { nodeUuid, bootId: 'run:1' });
      assert.deepEqual((await getAgentSession(database.pool, nodeUuid))?.poweredOnAt, first);
      assert.equal(await markPoweredOn(database.pool, { nodeUuid, bootId: 'run:0' }), false);
      assert.equal(await setAwaited(database.pool, { nodeUuid, bootId: 'run:0', awaited: true }), false);
    });
  });

  describe('findNetworkBoot', () => {
    it('finds the machine that is to boot, by any spelling of its address', async () => {
      const { uuid, mac } = await bootedNode();
      const found = { nodeUuid: uuid, nodeName: null, bootId: 'run:1', network: 'cleaning' };
      assert.deepEqual(await findNetworkBoot(database.pool, mac.toUpperCase().replaceAll(':', '-')), found);
    });

    it('finds nothing for strangers, for nodes that boot no agent, and for no address', async () => {
      const idle = await addNode('clean wait');
      const owned = await bootedNode('active');
      for (const address of [idle.mac, owned.mac, '52:54:00:ff:ff:ff', '', "'"]) {
        assert.equal(await findNetworkBoot(database.pool, address), undefined, address);
      }
    });
  });

  describe('lookupAgent', () => {
    it('hands the token out once', async () => {
      const { uuid, mac } = await bootedNode();
      const first = await lookupAgent(database.pool, { addresses: ['02:00:00:00:00:99', mac.toUpperCase()] });
      assert.equal(first?.node.uuid, uuid);
      assert.equal(first?.bootId, 'run:1');
      assert.ok(first.token.length >= 32);
      const second = await lookupAgent(database.pool, { addresses: [], nodeUuid: uuid });
      assert.equal(second?.token, GIVEN_TOKEN);
    });

    it('hands it to one of many that ask at once', async () => {
      const { mac } = await bootedNode();
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => lookupAgent(database.pool, { addresses: [mac] })),
      );
      assert.equal(answers.filter((answer) => answer?.token !== GIVEN_TOKEN).length, 1);
    });

    it('knows nothing of a node whose state has no agent, or on which none was booted', async () => {
      for (const state of ['active', 'available', 'clean failed', 'manageable']) {
        const { mac, uuid } = await bootedNode(state);
        assert.equal(await lookupAgent(database.pool, { addresses: [mac], nodeUuid: uuid }), undefined, state);
      }
      const { mac } = await addNode('clean wait');
      assert.equal(await lookupAgent(database.pool, { addresses: [mac] }), undefined);
    });

    it('passes over what is no MAC address, and refuses what is no uuid', async () => {
      const { mac } = await bootedNode();
      const infiniband = '80:00:02:08:fe:80:00:00:00:00:00:00:00:02:c9:03:00:0a:6f:f1';
      assert.ok(await lookupAgent(database.pool, { addresses: [infiniband, '', mac] }));
      assert.equal(await lookupAgent(database.pool, { addresses: [mac], nodeUuid: "x' or 1=1" }), undefined);
      assert.equal(await lookupAgent(database.pool, { addresses: [] }), undefined);
    });

    it('knows nothing when the addresses belong to two nodes', async () => {
      const [one, two] = [await bootedNode(), await bootedNode()];
      assert.equal(await lookupAgent(database.pool, { addresses: [one.mac, two.mac] }), undefined);
    });
  });

  describe('recordHeartbeat', () => {
    it('stores what the agent says and whether it is awaited', async () => {
      const heartbeat = await agentWithToken();
      const { nodeUuid } = heartbeat;
      assert.deepEqual(await recordHeartbeat(database.pool, heartbeat), { bootId: 'run:1', awaited: false });
      await setAwaited(database.pool, { nodeUuid, bootId: 'run:1', awaited: true });
      assert.deepEqual(await recordHeartbeat(database.pool, heartbeat), { bootId: 'run:1', awaited: true });
      const session = await getAgentSession(database.pool, nodeUuid);
      assert.equal(session?.callbackUrl, CALLBACK);
      assert.equal(session?.verifyCa, CERTIFICATE);
      assert.equal(session?.agentVersion, '13.0.0');
      assert.ok(session?.firstHeartbeatAt && session.lastHeartbeatAt);
      assert.ok(session.firstHeartbeatAt <= session.lastHeartbeatAt);
    });

    it('refuses no, wrong, masked and foreign tokens, and never repeats them', async () => {
      const heartbeat = await agentWithToken();
      const other = await agentWithToken();
      for (const token of [undefined, '', 'x'.repeat(43), GIVEN_TOKEN, other.token]) {
        await assert.rejects(recordHeartbeat(database.pool, { ...heartbeat, token }), (error: Error) => {
          assert.equal((error as Error & { code: string }).code, 'AgentTokenInvalid');
          return !token || token === GIVEN_TOKEN || !error.message.includes(token);
        });
      }
      assert.equal((await getAgentSession(database.pool, heartbeat.nodeUuid))?.callbackUrl, null);
    });

    it('refuses a node without session and one whose token was never handed out', async () => {
      const heartbeat = await agentWithToken();
      await closeAgentSession(database.pool, heartbeat.nodeUuid);
      await assert.rejects(recordHeartbeat(database.pool, heartbeat), /no operation booted an agent/);
      const { uuid } = await bootedNode();
      await assert.rejects(recordHeartbeat(database.pool, { ...heartbeat, nodeUuid: uuid }), {
        code: 'AgentTokenInvalid',
      });
      await assert.rejects(recordHeartbeat(database.pool, { ...heartbeat, nodeUuid: 'node-1' }), {
        code: 'AgentTokenInvalid',
      });
    });

    it('refuses another address or another certificate within one boot', async () => {
      const heartbeat = await agentWithToken();
      await recordHeartbeat(database.pool, heartbeat);
      const moved = { ...heartbeat, callbackUrl: 'https://172.31.101.66:9999' };
      await assert.rejects(
        recordHeartbeat(database.pool, moved),
        /172\.31\.101\.66.*announced https:\/\/172\.31\.101\.77/,
      );
      const forged = { ...heartbeat, verifyCa: CERTIFICATE.replace('AAAA', 'BBBB') };
      await assert.rejects(recordHeartbeat(database.pool, forged), { code: 'InvalidParameterValue' });
      assert.equal((await getAgentSession(database.pool, heartbeat.nodeUuid))?.callbackUrl, CALLBACK);
    });

    it('refuses an address in clear text and a missing certificate', async () => {
      const heartbeat = await agentWithToken();
      for (const callbackUrl of ['http://172.31.101.77:9999', 'nowhere']) {
        await assert.rejects(
          recordHeartbeat(database.pool, { ...heartbeat, callbackUrl }),
          /callback_url: expected an https URL/,
        );
      }
      await assert.rejects(recordHeartbeat(database.pool, { ...heartbeat, verifyCa: null }), /agent_verify_ca/);
    });
  });
});
