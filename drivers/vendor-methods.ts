import { BareMetalError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/node.ts';
import type { VendorMethodFacts } from '../domain/vendor-methods.ts';
import type { CallContext, VendorInterface } from './interfaces.ts';
import { nameOf } from './node-name.ts';

/** A vendor method with what it does; the answer is JSON. */
export interface VendorMethod extends VendorMethodFacts {
  readonly run: (context: CallContext, args: JsonObject) => Promise<unknown>;
}

type Methods = Readonly<Record<string, VendorMethod>>;

/** Makes a hardware type's vendor interface of the methods that each of its vendor interfaces has. */
export function createVendor(interfaces: Readonly<Record<string, Methods>>): VendorInterface {
  return {
    offered: mapValues(interfaces, (methods) => mapValues(methods, ({ run: _run, ...facts }) => facts)),
    async call(context, name, args) {
      const { interfaces: chosen } = context.node;
      const methods = interfaces[chosen.vendor] ?? {};
      const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
      if (method !== undefined) return await method.run(context, args);
      throw new BareMetalError(
        'UnsupportedDriverExtension',
        `Node ${nameOf(context.node)}: the vendor interface ${chosen.vendor} has no method ${name}.`,
      );
    },
  };
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  make: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, make(value)]));
}
