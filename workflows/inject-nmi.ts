import type { OperationInput } from './messages.ts';
import { finish, runOperation, type OperationResult } from './operation.ts';
import { once } from './proxies.ts';

/** Sends a non-maskable interrupt, at most once: nobody wants a second crash dump. */
export function injectNmi(input: OperationInput): Promise<OperationResult> {
  return runOperation(input, async (node) => {
    const { nodeUuid } = node.plan;
    node.progress.now('sending a non-maskable interrupt');
    await once.injectNmi.executeWithOptions({ summary: 'NMI' }, [{ nodeUuid }]);
    await finish(node, null, 'A non-maskable interrupt was sent.');
  });
}
