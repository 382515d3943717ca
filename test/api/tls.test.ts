import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { readConfig } from '../../api/config.ts';
import { createApiServer } from '../../api/listen.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);

const REQUEST = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2';

describe('API over TLS', () => {
  let folder: string;
  const file = (name: string) => join(folder, name);

  const makeCertificate = (name: string) =>
    run('openssl', `${REQUEST} -subj /CN=${name} -keyout ${file('key.pem')} -out ${file('cert.pem')}`.split(' '));

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-tls-'));
    await makeCertificate('first');
  });
  after(() => rm(folder, { recursive: true }));

  const configure = (env: Record<string, string>) => readConfig({ DATABASE_URL: 'postgresql:///nowhere', ...env });

  /** Whom the server says that it is. */
  const nameAt = (port: number): Promise<string> =>
    new Promise((resolve, reject) => {
      const asked = request({ port, host: '127.0.0.1', rejectUnauthorized: false, agent: false }, (answer) => {
        answer.resume();
        resolve(String((answer.socket as TLSSocket).getPeerCertificate().subject.CN));
      });
      asked.once('error', reject).end();
    });

  it('serves with the configured certificate, takes a new one, and keeps it when the next doesn’t fit', async () => {
    const config = configure({ ANNEAL_API_TLS_CERT_FILE: file('cert.pem'), ANNEAL_API_TLS_KEY_FILE: file('key.pem') });
    const server = createApiServer((_request, response) => response.end(), config, pino({ level: 'silent' }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      assert.equal(await nameAt(port), 'first');
      await makeCertificate('second');
      await until('the second certificate', async () => (await nameAt(port)) === 'second');
      await writeFile(file('cert.pem'), 'nonsense');
      await sleep(2500);
      assert.equal(await nameAt(port), 'second');
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('doesn’t start with a certificate without its key, or with nonsense', () => {
    assert.throws(() => configure({ ANNEAL_API_TLS_CERT_FILE: 'x' }), /ANNEAL_API_TLS_KEY_FILE: goes together/);
    const config = configure({ ANNEAL_API_TLS_CERT_FILE: file('cert.pem'), ANNEAL_API_TLS_KEY_FILE: file('key.pem') });
    assert.throws(() => createApiServer(() => {}, config, pino({ level: 'silent' })));
  });
});
