import { isDeepStrictEqual } from 'node:util';
import { setRaidConfig, setTargetRaidConfig } from '../../db/nodes.ts';
import { BareMetalError } from '../../domain/errors.ts';
import { isObject, objectsIn } from '../../domain/json.ts';
import type { JsonObject, Node } from '../../domain/node.ts';
import type { StepArgument } from '../../domain/steps.ts';
import { nameOf } from '../node-name.ts';
import type { FakeEffect } from './step-effects.ts';

/** What RAID steps take besides the configuration (Ironic: RAIDInterface.create_configuration). */
export const RAID_ARGUMENTS: Readonly<Record<string, StepArgument>> = {
  create_root_volume: { description: 'Whether the root volume is made; by default it is.' },
  create_nonroot_volumes: { description: 'Whether the other volumes are made; by default they are.' },
  delete_existing: { description: 'Whether the disks that are there are taken apart first; by default they are.' },
};

/** Makes the logical disks of target_raid_config. */
export const createRaid: FakeEffect = async ({ db }, node, { args = {} }) => {
  const made = wantedDisks(node, node.targetRaidConfig, args);
  const kept = args['delete_existing'] === false ? othersThan(made, objectsIn(node.raidConfig, 'logical_disks')) : [];
  await setRaidConfig(db, node.uuid, { logical_disks: [...kept, ...made] });
  return { result: {}, disks: {} };
};

/** The step's own configuration becomes the target, and is made (Ironic: RAIDInterface.apply_configuration). */
export const applyRaid: FakeEffect = async (tools, node, step) => {
  const wanted = step.args?.['raid_config'];
  const targetRaidConfig = isObject(wanted) ? wanted : {};
  await setTargetRaidConfig(tools.db, node.uuid, targetRaidConfig);
  return await createRaid(tools, { ...node, targetRaidConfig }, step);
};

/** Takes all logical disks apart. */
export const deleteRaid: FakeEffect = async ({ db }, node) => {
  await setRaidConfig(db, node.uuid, {});
  return { result: {}, disks: {} };
};

/** The disks that a step makes. @throws BareMetalError `MissingParameterValue` as Ironic's filter_target_raid_config */
function wantedDisks(node: Node, config: JsonObject, args: JsonObject): JsonObject[] {
  const disks = objectsIn(config, 'logical_disks') ?? [];
  if (disks.length === 0) throw missing(node, 'has no target RAID configuration');
  const without = [
    ...(args['create_root_volume'] === false ? ['skipping root volume'] : []),
    ...(args['create_nonroot_volumes'] === false ? ['skipping non-root volumes'] : []),
  ];
  const wanted = disks.filter(({ is_root_volume: isRoot }) =>
    isRoot === true ? args['create_root_volume'] !== false : args['create_nonroot_volumes'] !== false,
  );
  if (wanted.length > 0) return wanted;
  throw missing(node, `has empty target RAID configuration after ${without.join(' and ')}`);
}

/** Disks that were made before this try are no others. */
function othersThan(made: readonly JsonObject[], present: readonly JsonObject[] = []): JsonObject[] {
  return present.filter((disk) => !made.some((one) => isDeepStrictEqual(one, disk)));
}

function missing(node: Node, what: string): BareMetalError {
  return new BareMetalError('MissingParameterValue', `Node ${nameOf(node)} ${what}.`);
}
