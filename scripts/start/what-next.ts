import type { Stack } from '../stack/stack.ts';
import type { StartOptions } from './options.ts';

/** What a person sees when all is up: where things are and what to try. */
export function whatNext(stack: Stack, options: StartOptions, opened: readonly string[]): string {
  const { apiUrl, uiUrl, processes } = stack;
  const node = options.fake === undefined ? 'node-1' : 'fake-001';
  const pids = [...processes].map(([name, { pid }]) => `${name} ${pid() ?? '–'}`).join(', ');
  return `
Up and running
  API            ${apiUrl}   (OpenStack Ironic's REST API)
  Temporal UI    ${uiUrl ?? '–'}   (every operation, step by step)
${opened.map((line) => `  ${line}\n`).join('')}
Try
  curl -s ${apiUrl}/v1/nodes | python3 -m json.tool
  pip install python-ironicclient
  export OS_AUTH_TYPE=none OS_ENDPOINT=${apiUrl}
  baremetal node list
  baremetal node deploy ${node}           # and watch it in the Temporal UI
  baremetal node undeploy ${node}
  baremetal node history list ${node}

Kill anything in the middle: it comes back, and the work goes on where it was.
  kill -9 <pid>    # ${pids}

${options.once ? '' : 'Ctrl-C stops; state is kept and the next start is quick.'}`;
}

/** The last words. */
export function goodbye(how: 'failed' | 'stopped', options: StartOptions): string {
  const removal =
    options.fake === undefined ? `npm run lab:down -- --name ${options.labName} --purge` : 'rm -r .anneal/fake';
  const said = {
    stopped: `Stopped. The next start goes on from here; \`${removal}\` makes it begin anew.`,
    failed:
      'The services are still up, so that you can look (node history, Temporal UI, logs in .anneal). Ctrl-C stops.',
  };
  return said[how];
}
