import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { startProcess, type ManagedProcess } from './managed-process.ts';

/** A Temporal development server on a database file, with its web page. */
export interface TemporalOptions {
  /** The Temporal CLI. */
  readonly cli: string;
  /** Folder of the database file and the log; a second start goes on with the same workflows. */
  readonly folder: string;
  readonly port: number;
  /** Undefined for a server without the web page. */
  readonly uiPort?: number;
  /** Where the web page has encrypted payloads decoded. */
  readonly codecEndpoint?: string;
}

/**
 * Starts the server on 127.0.0.1. Its file is in WAL mode: as shipped a file is four times slower, and WAL
 * survives a kill as well.
 */
export async function startTemporal(options: TemporalOptions): Promise<ManagedProcess> {
  await mkdir(options.folder, { recursive: true });
  return startProcess({
    name: 'temporal',
    argv: [options.cli, 'server', 'start-dev', ...argumentsOf(options)],
    folder: options.folder,
    isReady: () => answers(`127.0.0.1:${options.port}`),
  });
}

function argumentsOf({ folder, port, uiPort, codecEndpoint }: TemporalOptions): string[] {
  const flags = [
    ['--ip', '127.0.0.1'],
    ['--port', String(port)],
    ['--db-filename', join(folder, 'temporal.sqlite')],
    ['--sqlite-pragma', 'journal_mode=WAL'],
    ['--sqlite-pragma', 'synchronous=normal'],
    ['--dynamic-config-value', 'system.enableActivityEagerExecution=true'],
    ['--log-level', 'warn'],
    uiPort === undefined ? ['--headless'] : ['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort)],
    codecEndpoint === undefined ? [] : ['--ui-codec-endpoint', codecEndpoint],
  ];
  return flags.flat();
}

/** Whether a Temporal server at `address` serves its default namespace. */
export async function answers(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 2000 });
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    return true;
  } finally {
    await connection.close();
  }
}
