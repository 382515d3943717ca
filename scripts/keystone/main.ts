/**
 * Registers Anneal in a Keystone, as the administrator whom the OS_ variables name:
 * `ANNEAL_KEYSTONE_PASSWORD=… npm run keystone:register -- --public-url https://metal.example:6385`
 */
import { parseArgs } from 'node:util';
import { openIdentityApi } from './identity-api.ts';
import { registerAnneal } from './register.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    'public-url': text,
    'internal-url': text,
    'admin-url': text,
    region: { ...text, default: 'RegionOne' },
    'service-user': { ...text, default: 'ironic' },
    'service-project': { ...text, default: 'service' },
  },
});

function needed(name: string, otherwise?: string): string {
  const value = process.env[name] ?? otherwise;
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

try {
  const publicUrl = values['public-url'];
  if (publicUrl === undefined)
    throw new Error('--public-url says where clients find the API, for example https://metal.example:6385');
  const identity = await openIdentityApi({
    authUrl: needed('OS_AUTH_URL'),
    username: needed('OS_USERNAME', 'admin'),
    password: needed('OS_PASSWORD'),
    project: needed('OS_PROJECT_NAME', 'admin'),
    userDomain: needed('OS_USER_DOMAIN_NAME', 'Default'),
    projectDomain: needed('OS_PROJECT_DOMAIN_NAME', 'Default'),
  });
  const internalUrl = values['internal-url'] ?? publicUrl;
  await registerAnneal(identity, {
    region: values.region,
    urls: { public: publicUrl, internal: internalUrl, admin: values['admin-url'] ?? internalUrl },
    serviceUser: values['service-user'],
    servicePassword: needed('ANNEAL_KEYSTONE_PASSWORD'),
    serviceProject: values['service-project'],
  });
  process.stdout.write(`The service "baremetal" is in the catalogue of ${values.region}: ${publicUrl}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
