const SCHEMES: readonly string[] = ['http:', 'https:', 'file:'];

/** Why nothing can be read from this source, wherever it is asked for; undefined for an http, https or file URL. */
export function sourceProblem(source: string): string | undefined {
  const url = URL.canParse(source) ? new URL(source) : undefined;
  if (url !== undefined && SCHEMES.includes(url.protocol)) return undefined;
  return `expected an http, https or file URL, got ${url === undefined ? 'no URL' : `${url.protocol}//…`}`;
}
