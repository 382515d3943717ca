import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { connectClient } from '../../temporal/client.ts';
import { historyText } from './support/history.ts';
import { createSite, type Site } from './support/site.ts';

describe('encrypted payloads', function () {
  this.timeout(120_000);
  let site: Site;
  before(async () => {
    site = await createSite({ ANNEAL_PAYLOAD_KEY: randomBytes(32).toString('hex') });
  });
  after(() => site.close());

  it('hides arguments, results, summaries and failure messages', async () => {
    const faults = { 'power.getPowerState': { times: 1, code: 'BmcAuthFailed', when: 'before' } };
    const { uuid } = await site.addNode({ driverInfo: { fake_faults: faults } });
    const { handle } = await site.start('manage', uuid);
    await assert.rejects(handle.result(), (error: Error) => /on purpose/.test((error.cause as Error).message));
    const history = await handle.fetchHistory();
    assert.ok((history.events ?? []).length > 5);
    const text = historyText(history);
    for (const word of ['on purpose', 'username', 'verify the BMC', 'fake-hardware'])
      assert.ok(!text.includes(word), word);
    assert.ok(text.includes('Encoded failure'));
  });

  it('cannot be read with another key', async () => {
    const { uuid } = await site.addNode();
    const { handle } = await site.start('manage', uuid);
    await handle.result();
    const { address } = site;
    const other = await connectClient({ address, namespace: 'default', payloadKey: randomBytes(32) });
    await assert.rejects(other.client.workflow.getHandle(handle.workflowId).result(), /encrypted with the key/);
    await other.connection.close();
  });
});

describe('failures of activities', function () {
  this.timeout(120_000);
  let site: Site;
  before(async () => {
    site = await createSite();
  });
  after(() => site.close());

  it('never carry a secret of driver_info, not even when an error repeats it', async () => {
    // An image server whose answer repeats the password that stands in the node.
    const server = createServer((_, response) => response.writeHead(404).end('hunter2-hunter2'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { uuid } = await site.addNode({
      provisionState: 'available',
      driver: 'ipmi',
      driverInfo: { ipmi_address: '127.0.0.1', ipmi_password: 'hunter2-hunter2' },
    });
    const source = `http://127.0.0.1:${port}/hunter2-hunter2.raw`;
    const info = { image_source: source, image_checksum: 'a'.repeat(64) };
    await site.tools.db.query('update nodes set instance_info = $2::jsonb where uuid = $1::uuid', [uuid, info]);
    const { handle } = await site.start('deploy', uuid);
    await assert.rejects(handle.result());
    server.close();
    const { lastError, provisionState } = await site.node(uuid);
    assert.equal(provisionState, 'deploy failed');
    assert.match(lastError ?? '', /\*{6}/);
    assert.ok(!historyText(await handle.fetchHistory()).includes('hunter2-hunter2'));
  });
});
