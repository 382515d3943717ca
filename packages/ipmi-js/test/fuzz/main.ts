/** `node --expose-gc --import tsx --conditions=source packages/ipmi-js/test/fuzz/main.ts [messages] [seed]` */
import { fuzz } from './fuzz.ts';

const messages = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? Date.now());
console.log(`seed ${seed}`);
console.table(await fuzz(messages, seed));
