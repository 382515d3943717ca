import assert from 'node:assert/strict';
import { ANSWERS } from '../../../api/openapi/answers.ts';
import { openApiDocument } from '../../../api/openapi/document.ts';
import { everyRoute as routes } from '../../../scripts/every-route.ts';

interface Operation {
  readonly parameters: readonly { name: string; in: string; required?: boolean }[];
  readonly requestBody?: { required: boolean; content: Record<string, { schema: Record<string, unknown> }> };
  readonly responses: Record<string, { content?: Record<string, { schema: Record<string, unknown> }> }>;
}

describe('the OpenAPI document', () => {
  const document = JSON.parse(JSON.stringify(openApiDocument(routes()))) as {
    paths: Record<string, Record<string, Operation>>;
  };

  it('tells of every line of the API, with its parameters', () => {
    for (const { method, path } of routes()) {
      const operation = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method];
      const told = operation?.parameters.filter(({ in: place }) => place === 'path').map(({ name }) => name);
      assert.deepEqual(
        told,
        [...path.matchAll(/:(\w+)/g)].map(([, name]) => name),
        `${method} ${path}`,
      );
    }
  });

  it('takes what is sent from the schemas that check it', () => {
    const create = document.paths['/v1/nodes']?.['post'];
    const schema = create?.requestBody?.content['application/json']?.schema as {
      required: string[];
      properties: Record<string, { maxLength?: number }>;
      additionalProperties: boolean;
    };
    assert.deepEqual(schema.required, ['driver']);
    assert.equal(schema.additionalProperties, false);
    assert.equal(schema.properties['driver']?.maxLength, 255);
    const list = document.paths['/v1/nodes']?.['get'];
    assert.ok(list?.parameters.some(({ name, in: place }) => name === 'sort_dir' && place === 'query'));
  });

  it('tells what comes back for lines that are there only', () => {
    const lines = new Set(routes().map(({ method, path }) => `${method} ${path}`));
    const details = new Set(['chassis', 'portgroups']);
    const unknown = Object.keys(ANSWERS).filter((line) => {
      const [, resource] = /^get \/v1\/(.*)\/detail$/.exec(line) ?? [];
      return !lines.has(line) && (resource === undefined || details.has(resource));
    });
    assert.deepEqual(unknown, []);
    const show = document.paths['/v1/nodes/{node}']?.['get']?.responses['200'];
    const properties = show?.content?.['application/json']?.schema['properties'] as Record<string, unknown>;
    assert.ok('provision_state' in properties && 'firmware_interface' in properties);
  });
});
