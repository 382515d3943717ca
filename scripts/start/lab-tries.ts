import type { Artifacts } from '../../lab/image/artifacts.ts';
import type { LabState } from '../../lab/state.ts';
import { TENANT } from './lab-journey.ts';
import { systemImage } from './system-image.ts';

/** What works on the machines as the journey leaves them: the last one is the tenant's, the others were given back. */
export function labTries(lab: Pick<LabState, 'nodes'>, artifacts: Artifacts): readonly string[] {
  const names = lab.nodes.map(({ name }) => name);
  const tenants = names.at(-1) ?? '';
  return [
    `baremetal node undeploy ${tenants}   # and watch it in the Temporal UI`,
    ...names
      .slice(0, -1)
      .slice(0, 1)
      .flatMap((name) => deployment(name, artifacts)),
    `baremetal node history list ${tenants}`,
  ];
}

/** Giving a machine back empties its `instance_info` and takes its network. */
function deployment(name: string, artifacts: Artifacts): readonly string[] {
  const image = Object.entries(systemImage(artifacts)).map(([key, value]) => `--instance-info ${key}=${value}`);
  return [
    `baremetal node vif attach ${name} ${TENANT}`,
    [`baremetal node set ${name}`, ...image].join(' \\\n    '),
    `baremetal node deploy ${name}`,
  ];
}
