import { z } from 'zod';
import { MAX_VERSION, MIN_VERSION, VERSION_HEADER } from '../microversion.ts';
import type { Route } from '../route.ts';
import { ANSWERS, Fault, type AnswerTable } from './answers.ts';

/** JSON of an OpenAPI 3.1 document; its parts are made from schemas, and read by machines. */
export type OpenApiDocument = Record<string, unknown>;

/** The OpenAPI 3.1 document of these routes, from the schemas that their requests are checked by. */
export function openApiDocument(routes: readonly Route[], answers: AnswerTable = ANSWERS): OpenApiDocument {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const line of routes) {
    const path = line.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [line.method]: operationOf(line, answers) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Anneal: OpenStack Ironic’s bare metal API, and beyond',
      version: `1.${MAX_VERSION}`,
      description: `Microversions 1.${MIN_VERSION} to 1.${MAX_VERSION} by the header ${VERSION_HEADER}; without it 1.${MIN_VERSION}.`,
    },
    paths,
    components: {
      schemas: { Fault: jsonSchema(Fault, 'output') },
      parameters: { version: versionParameter() },
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic' },
        keystone: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' },
      },
    },
  };
}

function operationOf(line: Route, answers: AnswerTable): object {
  const { body, query } = line.schemas;
  return {
    operationId: nameOf(line),
    tags: [tagOf(line.path)],
    ...(line.since !== undefined && { description: `Since microversion 1.${line.since}.` }),
    security: line.access === undefined ? [] : [{}, { basic: [] }, { keystone: [] }],
    parameters: [{ $ref: '#/components/parameters/version' }, ...pathParameters(line.path), ...queryParameters(query)],
    ...(body !== undefined && { requestBody: requestBody(body) }),
    responses: responsesOf(line, answers),
  };
}

function nameOf({ method, path }: Route): string {
  return [method, ...path.split('/')]
    .filter((part) => part !== '')
    .join('_')
    .replaceAll(':', '');
}

/** `nodes` for /v1/nodes/…, `anneal` for Anneal's own paths. */
function tagOf(path: string): string {
  const [first = '', second] = path.split('/').filter((part) => part !== '');
  return (first === 'v1' ? second : first) ?? 'root';
}

function versionParameter(): object {
  return {
    name: VERSION_HEADER,
    in: 'header',
    schema: { type: 'string', pattern: '^(latest|1\\.[1-9][0-9]{0,2})$', examples: [`1.${MAX_VERSION}`, 'latest'] },
  };
}

function pathParameters(path: string): object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1 },
  }));
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
}

function queryParameters(query: z.ZodType | undefined): object[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(query, 'input') as ObjectSchema;
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function requestBody(body: z.ZodType): object {
  const isOptional = body.safeParse(undefined).success;
  return { required: !isOptional, content: { 'application/json': { schema: jsonSchema(body, 'input') } } };
}

function responsesOf({ method, path, media }: Route, answers: AnswerTable): object {
  const told = answers[`${method} ${path}`] ?? { '2XX': null };
  const mediaType = media?.[0] ?? 'application/json';
  const good = Object.entries(told).map(([status, schema]) => [
    status,
    {
      description: 'As asked.',
      ...(schema !== null && { content: { [mediaType]: { schema: jsonSchema(schema, 'output') } } }),
    },
  ]);
  const fault = { 'application/json': { schema: { $ref: '#/components/schemas/Fault' } } };
  return {
    '4XX': { description: 'Refused; the sentence says why.', content: fault },
    '503': { description: 'PostgreSQL, Temporal or a worker is away; ask again.', content: fault },
    ...(Object.fromEntries(good) as object),
  };
}

/** What a custom check or a transformation does is not in the document, only in the answer. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
  return rest;
}
