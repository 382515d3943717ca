/**
 * Real Ironic 39 to ask: starts it on MariaDB as the benches do, prints its address, and stays until it is stopped.
 *
 *   node --import tsx --conditions=source scripts/bench/start-ironic.ts
 */
import { inBenchFolder, startIronicService } from './services.ts';

await inBenchFolder(async (folder) => {
  const service = await startIronicService(folder);
  console.log(service.apiUrl);
  const end = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  // A server that nobody stops ends by itself.
  const limit = new Promise((resolve) => setTimeout(resolve, 60 * 60_000).unref());
  const alive = setInterval(() => {}, 60_000);
  await Promise.race([end, limit]);
  clearInterval(alive);
  await service.stop();
});
