import { route, type Route } from '../route.ts';
import { openApiDocument } from './document.ts';

/** /openapi.json: what all these routes take and answer. */
export function openApiRoutes(routes: readonly Route[]): Route[] {
  let text: string | undefined;
  return [
    route({
      method: 'get',
      path: '/openapi.json',
      open: true,
      run: () => ({ status: 200, json: (text ??= JSON.stringify(openApiDocument(routes))) }),
    }),
  ];
}
