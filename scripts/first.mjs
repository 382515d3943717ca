// What npm scripts run first: plain Node without packages, so that the first command after a clone works.
// Checks the Node version, installs packages when they are missing or stale, then runs the TypeScript file it is given.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MINIMUM_NODE = [20, 19];
const root = dirname(dirname(fileURLToPath(import.meta.url)));

checkNode();
if (!packagesAreFresh()) installPackages();
runTypeScript(process.argv.slice(2));

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  console.error(
    `Anneal needs Node.js ${MINIMUM_NODE.join('.')} or newer; this is ${process.version} (${process.execPath}). ` +
      'Install a newer one from https://nodejs.org and try again.',
  );
  process.exit(1);
}

/** Whether what is installed is what package-lock.json says; npm notes what it installed in node_modules. */
function packagesAreFresh() {
  const installedFile = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional, link }]) =>
      !path.startsWith('node_modules/') || optional || link || installed[path]?.version === version,
  );
}

function installPackages() {
  console.log('Installing Node packages (npm ci), about 400 MB, usually 1–2 minutes …');
  const { status } = spawnSync('npm', ['ci', '--include=dev', '--no-fund', '--no-audit'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status === 0) return;
  console.error('npm ci failed (see above); mend that and run the command again.');
  process.exit(1);
}

function runTypeScript([file, ...args]) {
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=source', join(root, file), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  // A terminal sends Ctrl-C to the child as well; a signal sent to this process alone is passed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)));
}
