import { z } from 'zod';
import { BareMetalError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/node.ts';
import type { RuleName } from '../domain/policy/rules.ts';
import type { VendorMethodFacts } from '../domain/vendor-methods.ts';
import { route, type Answer, type RequestContext, type Route } from './route.ts';

/** A vendor method of the node or hardware type that was found. */
export interface CallableMethod {
  readonly facts: VendorMethodFacts;
  readonly call: (args: JsonObject) => Promise<Answer>;
}

/** Vendor methods by their names. */
export type CallableMethods = Readonly<Record<string, CallableMethod>>;

interface Passthru {
  /** Where it is, such as `/v1/drivers/:driver`. */
  readonly path: string;
  readonly rule: RuleName;
  readonly methodsOf: (params: Readonly<Record<string, string>>, context: RequestContext) => Promise<CallableMethods>;
}

const VERBS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** `vendor_passthru` below a node or a hardware type: which methods there are, and their calls by any HTTP verb. */
export function passthruRoutes({ path, rule, methodsOf }: Passthru): Route[] {
  const passthru = `${path}/vendor_passthru`;
  const methods = route({
    method: 'get',
    path: `${passthru}/methods`,
    rule,
    run: async ({ params, context }) => ({ status: 200, body: viewOf(await methodsOf(params, context)) }),
  });
  // The method stands in the query or, as the command line client has it, in the path.
  const calls = VERBS.flatMap((verb) =>
    [passthru, `${passthru}/:method`].map((called) =>
      route({
        method: verb,
        path: called,
        rule,
        query: z.looseObject({ method: z.string().optional() }),
        bodyName: 'arguments',
        body: z.record(z.string(), z.unknown()).nullish(),
        run: async ({ params, query, body, context }) => {
          const name = params['method'] ?? query.method;
          if (name === undefined || name === '')
            throw new BareMetalError('InvalidParameterValue', 'Method not specified');
          const request = { name, verb: verb.toUpperCase(), args: body ?? {} };
          return await callFor(await methodsOf(params, context), request);
        },
      }),
    ),
  );
  return [methods, ...calls];
}

/** As Ironic tells of methods; none of Anneal's answers with an attachment. */
function viewOf(methods: CallableMethods): object {
  const views = Object.entries(methods).map(([name, { facts }]) => [
    name,
    {
      http_methods: facts.httpMethods,
      async: facts.isAsync,
      description: facts.description,
      attach: false,
      require_exclusive_lock: facts.needsLock,
    },
  ]);
  return Object.fromEntries(views) as object;
}

/** Makes the call; checks it first, in Ironic's order and words (ironic/conductor/manager.py, vendor_passthru). */
function callFor(
  methods: CallableMethods,
  { name, verb, args }: { readonly name: string; readonly verb: string; readonly args: JsonObject },
): Promise<Answer> {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) throw new BareMetalError('InvalidParameterValue', `No handler for method ${name}`);
  const { facts, call } = method;
  if (!facts.httpMethods.includes(verb)) {
    throw new BareMetalError('InvalidParameterValue', `The method ${name} does not support HTTP ${verb}`);
  }
  const missing = Object.entries(facts.required).find(([argument]) => isEmpty(args[argument]));
  if (missing !== undefined) throw new BareMetalError('MissingParameterValue', missing[1]);
  return call(args);
}

/** What is false in Python counts as not given. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? Object.keys(value).length === 0 : !value;
}
