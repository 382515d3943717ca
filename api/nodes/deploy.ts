import { getConfigDrive } from '../../db/config-drives.ts';
import { startOperation, type OperationRequest } from '../operations.ts';
import type { RequestContext } from '../route.ts';
import type { Tools } from '../tools.ts';
import { findNode } from './change.ts';
import { configDriveContent, withConfigDrive, type ConfigDriveValue } from './config-drive.ts';
import { requireDeployable } from './deployable.ts';
import { refuseIllegal } from './legality.ts';

/** Starts a deployment or a rebuild, its config drive in place. */
export async function startDeployment(
  tools: Tools,
  request: OperationRequest,
  configDrive: ConfigDriveValue | null,
  context: RequestContext,
): Promise<void> {
  const { node, verb, args } = request;
  await requireDeployable(tools.db, node, args.steps);
  const given = configDrive === null ? null : configDriveContent(configDrive);
  const stored = (await getConfigDrive(tools.db, node.uuid)) ?? null;
  // A rebuild without a config drive keeps the one of the deployment (Ironic: it stays in instance_info).
  const content = given ?? (verb === 'rebuild' ? stored : null);
  if (content === stored) {
    await startOperation(tools, request, context);
    return;
  }
  await withConfigDrive(tools.db, { nodeUuid: node.uuid, content }, async (db) => {
    const present = await findNode(db, node.uuid);
    refuseIllegal(present, verb === 'rebuild' ? 'rebuild' : 'deploy', verb);
    await startOperation(tools, request, context);
  });
}
