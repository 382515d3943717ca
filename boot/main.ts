import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:http';
import { pino } from 'pino';
import { createPool } from '../db/pool.ts';
import { createBootApp } from './app.ts';
import { readBootConfig, type BootConfig } from './config.ts';
import { startDhcpServers } from './dnsmasq.ts';

const config = readBootConfig(process.env);
const log = pino({ level: config.logLevel, base: { service: 'boot' } });
const db = createPool(config.databaseUrl, { maxConnections: 4 });
const { agent, artifacts, imageCache, dhcp, host, port } = config;
await assertReadable(artifacts);
const server = createServer(createBootApp({ db, log, agent, artifacts, imageCache }));
server.listen(port, host);
await once(server, 'listening');
const dhcpServers = await startDhcpServers({ ...dhcp, httpPort: port }, log);
log.info({ host, port, networks: dhcp.networks.map((network) => network.interface) }, 'boot service started');

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await dhcpServers.stop();
server.close();
server.closeAllConnections();
await db.end();
log.info('boot service stopped');

/** A machine that finds no kernel would only say so on its console: better not to start. */
async function assertReadable(files: BootConfig['artifacts']): Promise<void> {
  for (const [name, path] of Object.entries(files)) {
    if (path === undefined) continue;
    await access(path, constants.R_OK).catch((cause: unknown) => {
      const variable = `ANNEAL_AGENT_${name.toUpperCase()}`;
      throw new Error(`The agent's ${name} can't be read at ${path}; build the agent ramdisk or set ${variable}`, {
        cause,
      });
    });
  }
}
