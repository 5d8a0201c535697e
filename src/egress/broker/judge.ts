import type {IncomingHttpHeaders} from 'node:http';
import type {BrokerRoute, EgressPolicy} from '../egress.ts';
import {headerProblem} from '../proxy/headers.ts';
import {showsToken, withoutKeys} from './credentials.ts';
import {routePath} from './path.ts';
import {type Upstream, upstreamOf} from './upstream.ts';

/** A request that goes on, with the key. */
export interface Granted {
  readonly route: BrokerRoute;
  readonly upstream: Upstream;
  /** At the upstream, with the query. */
  readonly path: string;
}

/** One that does not. `route` is left out where it is none of ours. */
export interface Ungranted {
  readonly status: number;
  readonly message: string;
  readonly route?: string;
}

export interface Asking {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
}

/** Whether a request for `/<route>/…` goes on: it shows the session's token, and asks for a path that is listed. */
export function judge({url, headers, rawHeaders}: Asking, {token, routes}: EgressPolicy): Granted | Ungranted {
  const asked = routePath(url);
  const route = asked && routes.find(({name}) => name === asked.route);
  if (!asked || !route) return {status: 404, message: 'this is the proxy of a session; it has no such route'};
  const no = (status: number, message: string): Ungranted => ({status, message, route: route.name});
  const problem = headerProblem(rawHeaders);
  if (problem) return no(400, `the request is ambiguous: ${problem}`);
  const shown = headers[route.header.toLowerCase()];
  if (!showsToken(route, token, typeof shown === 'string' ? shown : undefined))
    return no(401, `the key is not the one that this session was given (in ${route.header})`);
  if (!route.paths.some(start => asked.path.startsWith(start)))
    return no(403, `${asked.path.slice(0, 200)} does not begin with ${route.paths.join(' or ')}`);
  const upstream = upstreamOf(route.upstream);
  if (!upstream) return no(502, 'the address of the model is neither https nor on this machine');
  return {route, upstream, path: upstream.prefix + asked.path + withoutKeys(asked.query)};
}
