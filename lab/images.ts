import { ensureArtifacts } from './image/artifacts.ts';

/** `npm run lab:images`: builds what is missing and prints the paths as JSON. */
const artifacts = await ensureArtifacts({ log: (line) => process.stderr.write(`${line}\n`) });
process.stdout.write(`${JSON.stringify(artifacts, undefined, 2)}\n`);
