/** A farm of virtual BMCs in one process: `farm.ts COUNT FIRST_PORT DELAY_MS LOSS`; prints `ready`. */
import { VirtualBmc } from 'ipmi-js/server';

const [count = 1000, firstPort = 20_000, delayInMs = 0, lossIn = 0] = process.argv.slice(2).map(Number);

for (let i = 0; i < count; i++) {
  const bmc = new VirtualBmc({
    port: firstPort + i,
    users: [{ name: 'ADMIN', password: 'ADMIN' }],
    chassis: { getPower: () => 'on', powerOn: () => {}, powerOff: () => {}, reset: () => {} },
    faults: { delayInMs, lossIn },
  });
  await bmc.start();
}
console.log('ready');
process.on('SIGTERM', () => process.exit(0));
