import { countFakeCall } from '../../db/fake-devices.ts';
import type { VendorMethodFacts } from '../../domain/vendor-methods.ts';
import type { VendorInterface } from '../interfaces.ts';
import { createVendor, type VendorMethod } from '../vendor-methods.ts';
import { actOnFake } from './world.ts';
import type { FakeTools } from './world.ts';

type Facts = Partial<VendorMethodFacts> & Pick<VendorMethodFacts, 'description'>;

/** The vendor methods of a fake device: Ironic's FakeVendorB (ironic/drivers/modules/fake.py). */
export function createFakeVendor(tools: FakeTools): VendorInterface {
  const fake = {
    second_method: comparing(tools, 'second_method', 'kazoo'),
    third_method_sync: comparing(tools, 'third_method_sync', 'meow', { isAsync: false }),
    fourth_method_shared_lock: comparing(tools, 'fourth_method_shared_lock', 'woof', { needsLock: false }),
    log_passthrough: method(tools, 'log_passthrough', { description: 'Test pass-through to wait.' }, () => null),
  };
  return createVendor({ fake });
}

/** A method that tells whether its argument is this word. */
function comparing(tools: FakeTools, name: string, word: string, facts: Partial<Facts> = {}): VendorMethod {
  const required = { bar: `Parameter 'bar' not passed to method '${name}'.` };
  const description = `Test if the value of bar is ${word}`;
  return method(tools, name, { description, required, ...facts }, ({ bar }) => bar === word);
}

function method(
  tools: FakeTools,
  name: string,
  facts: Facts,
  answer: (args: Parameters<VendorMethod['run']>[1]) => unknown,
): VendorMethod {
  return {
    httpMethods: ['POST'],
    isAsync: true,
    needsLock: true,
    required: {},
    ...facts,
    run: (context, args) =>
      actOnFake(tools, context, { call: `vendor.${name}`, delay: 'fake_vendor_delay_s' }, async () => {
        await countFakeCall(tools.db, { nodeUuid: context.node.uuid, name: `vendor ${name}` });
        return answer(args);
      }),
  };
}
