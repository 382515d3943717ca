import { z } from 'zod';
import { setTargetRaidConfig } from '../../db/nodes.ts';
import type { Node } from '../../domain/node.ts';
import { requireVersion } from '../microversion.ts';
import { parseInput } from '../parse-input.ts';
import { route, type Route } from '../route.ts';
import type { Tools } from '../tools.ts';
import { unsupportedRaid } from '../unsupported.ts';
import { refuseWhileHeld } from './change.ts';
import { nodeOf } from './find.ts';

const logicalDisk = z
  .strictObject({
    raid_level: z.enum(['JBOD', '0', '1', '2', '5', '6', '1+0', '5+0', '6+0']),
    size_gb: z.union([z.int().min(0), z.literal('MAX')]),
    volume_name: z.string().optional(),
    is_root_volume: z.boolean().optional(),
    share_physical_disks: z.boolean().optional(),
    disk_type: z.enum(['hdd', 'ssd']).optional(),
    interface_type: z.enum(['sata', 'scsi', 'sas']).optional(),
    number_of_physical_disks: z.int().min(1).optional(),
    controller: z.string().optional(),
    physical_disks: z.union([z.array(z.string()), z.array(z.record(z.string(), z.unknown())).min(2)]).optional(),
  })
  .refine((disk) => disk.physical_disks === undefined || disk.controller !== undefined, {
    error: 'physical_disks need their controller',
  });

const RaidConfig = z.strictObject({
  logical_disks: z
    .array(logicalDisk)
    .min(1)
    .refine((disks) => disks.filter((disk) => disk.is_root_volume).length < 2, { error: 'more than one root volume' }),
});

const RAID_SINCE = 12;

/** PUT /v1/nodes/{node}/states/raid: the configuration that the next RAID step of a cleaning brings about. */
export function raidRoutes({ db }: Tools): Route[] {
  return [
    route({
      method: 'put',
      path: '/v1/nodes/:node/states/raid',
      rule: 'baremetal:node:set_raid_state',
      bodyName: 'target_raid_config',
      body: z.record(z.string(), z.unknown()),
      run: async ({ params, body, context }) => {
        const node = await nodeOf(db, params, context);
        requireVersion(context.version, RAID_SINCE);
        refuseWhileHeld(node);
        // An empty one asks for nothing.
        if (Object.keys(body).length > 0) requireRaid(node, body);
        await setTargetRaidConfig(db, node.uuid, body);
        return { status: 204 };
      },
    }),
  ];
}

function requireRaid(node: Node, config: unknown): void {
  if (node.interfaces.raid === 'no-raid') throw unsupportedRaid(node.driver);
  parseInput(RaidConfig, config, 'RAID configuration');
}
