/** Where a route leads. */
export interface Upstream {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** Before every path; "" for none. */
  readonly prefix: string;
}

/** Of this very machine: there plain HTTP passes over no wire. */
const here = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Undefined for what no key is sent to: anything but https, or http on this machine. */
export function upstreamOf(address: string): Upstream | undefined {
  if (!URL.canParse(address)) return undefined;
  const {protocol, hostname, port, pathname, username, password, search, hash} = new URL(address);
  const secure = protocol === 'https:';
  if (!secure && !(protocol === 'http:' && here.has(hostname))) return undefined;
  if (username || password || search || hash) return undefined;
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    secure,
    prefix: pathname.replace(/\/+$/, ''),
  };
}

/** As its Host header names it. */
export function hostHeader({host, port, secure}: Upstream): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === (secure ? 443 : 80) ? name : `${name}:${port}`;
}
