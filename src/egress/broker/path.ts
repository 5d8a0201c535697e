/** A request for `/<route>/…`. */
export interface RoutePath {
  readonly route: string;
  /** From the slash behind the route on, without the query. */
  readonly path: string;
  /** With its question mark; "" without one. */
  readonly query: string;
}

/** Spellings in which a server might see another path than the one that was looked at. */
const ambiguous = /\/\.{0,2}(?:\/|$)|%2e|%2f|%5c|%00|[\\;]/i;

/** Undefined for what is no such request, or could be read in more than one way. */
export function routePath(url: string): RoutePath | undefined {
  const found = /^\/([a-z0-9-]{1,40})(\/[\x21-\x22\x24-\x3e\x40-\x7e]*)(\?[\x21-\x22\x24-\x7e]*)?$/.exec(url);
  if (!found?.[1] || !found[2] || ambiguous.test(found[2])) return undefined;
  return {route: found[1], path: found[2], query: found[3] ?? ''};
}
