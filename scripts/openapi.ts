/** Prints the OpenAPI document of the API, as the api serves it at /openapi.json: `npm run --silent openapi > openapi.json`. */
import { openApiDocument } from '../api/openapi/document.ts';
import { everyRoute } from './every-route.ts';

process.stdout.write(`${JSON.stringify(openApiDocument(everyRoute(process.env)), null, 2)}\n`);
