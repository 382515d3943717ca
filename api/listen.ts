import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Logger } from 'pino';
import type { ApiConfig } from './config.ts';

const LOOK_EVERY_MS = 2000;

/**
 * The server of the API: HTTP, or HTTPS where a certificate is configured. Certificate and key are read again when
 * either changes; a pair that doesn't fit is logged, and the one from before stays.
 * @throws Error when they can't be read or don't fit at the start
 */
export function createApiServer(app: RequestListener, config: ApiConfig, log: Logger): Server {
  const { ANNEAL_API_TLS_CERT_FILE: certFile, ANNEAL_API_TLS_KEY_FILE: keyFile } = config;
  if (certFile === undefined || keyFile === undefined) return createServer(app);
  const read = () => ({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  const server = createTlsServer({ ...read(), minVersion: 'TLSv1.2' }, app);
  const renew = (): void => {
    try {
      server.setSecureContext({ ...read(), minVersion: 'TLSv1.2' });
      log.info({ certFile }, 'certificate read again');
    } catch (error) {
      log.error({ err: error, certFile }, 'the certificate does not fit; the one from before stays');
    }
  };
  for (const file of [certFile, keyFile]) watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, renew);
  server.on('close', () => {
    for (const file of [certFile, keyFile]) unwatchFile(file, renew);
  });
  return server;
}
