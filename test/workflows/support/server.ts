import { homedir } from 'node:os';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, type WorkflowBundleOption } from '@temporalio/worker';
import { connectClient } from '../../../temporal/client.ts';
import { ensureSearchAttributes } from '../../../temporal/search-attributes.ts';
import { buildWorkflowBundle } from '../../../worker/bundle.ts';
import { atEnd } from '../../support/at-end.ts';

/** A real Temporal server and the workflows as one script: started once per mocha process. */
export interface Server {
  readonly address: string;
  readonly workflowBundle: WorkflowBundleOption;
}

let server: Promise<Server> | undefined;

/** The server of this mocha process. */
export function temporalServer(): Promise<Server> {
  return (server ??= start());
}

async function start(): Promise<Server> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const path = process.env['ANNEAL_TEMPORAL_CLI'] ?? join(homedir(), '.cache/anneal/bin/temporal');
  const environment = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path },
      log: { format: 'pretty', level: 'never' },
      extraArgs: ['--dynamic-config-value', 'system.enableActivityEagerExecution=true'],
    },
  });
  atEnd(() => environment.teardown());
  const { address } = environment;
  const { connection } = await connectClient({ address, namespace: 'default', payloadKey: undefined });
  await ensureSearchAttributes(connection, 'default');
  await connection.close();
  return { address, workflowBundle: await buildWorkflowBundle({ encrypted: false }) };
}
