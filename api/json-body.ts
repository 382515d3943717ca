import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { BareMetalError } from '../domain/errors.ts';

/** Reads a JSON body whatever its Content-Type says, as Ironic does; refuses what is too big or too deep. */
export function jsonBody({ limit, maxDepth }: { limit: number; maxDepth: number }): RequestHandler[] {
  return [
    express.json({ limit, strict: false, type: () => true }),
    (request: Request, _response: Response, next: NextFunction) => {
      if (depthExceeds(request.body, maxDepth)) {
        throw new BareMetalError('InvalidParameterValue', `The request body is nested deeper than ${maxDepth} levels.`);
      }
      next();
    },
  ];
}

/** Whether a JSON value is nested deeper than `levels`; looks no deeper than that. */
function depthExceeds(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner) => depthExceeds(inner, levels - 1));
}
