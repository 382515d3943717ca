import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, type WorkflowBundleOption } from '@temporalio/worker';
import { findTemporalCli } from '../../scripts/setup/temporal-cli.ts';
import { connectClient } from '../../temporal/client.ts';
import { ensureSearchAttributes } from '../../temporal/search-attributes.ts';
import { buildWorkflowBundle } from '../../worker/bundle.ts';
import { atEnd } from './at-end.ts';

/** A real Temporal server, and the workflows as one script. */
export interface TemporalServer {
  readonly address: string;
  readonly workflowBundle: WorkflowBundleOption;
}

let server: Promise<TemporalServer> | undefined;

/**
 * The Temporal server of this mocha process (of the Temporal CLI, in memory): started by the first caller, stopped
 * after the last test. Tests keep apart by task queue and workflow id.
 */
export function temporalServer(): Promise<TemporalServer> {
  return (server ??= start());
}

async function start(): Promise<TemporalServer> {
  const path = await findTemporalCli();
  if (path === undefined)
    throw new Error('the tests need the Temporal CLI: run `npm test`, which gets it, or set ANNEAL_TEMPORAL_CLI');
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
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
