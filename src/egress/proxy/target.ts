import {cleanedHost, hostName} from '../policy/host-name.ts';

/** Where a request wants to go. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** With its query; "" for a connection through. */
  readonly path: string;
}

/** A request that goes nowhere. `host` and `port` as they were asked for, where they can be told. */
export interface Refused {
  readonly status: 400 | 403;
  readonly reason: string;
  readonly host?: string;
  readonly port?: number;
}

type Asked = Target | Refused;

const refused = (status: Refused['status'], reason: string): Refused => ({status, reason});

function authority(written: string, usual: number): {readonly host: string; readonly port: number} | undefined {
  const found = /^(\[[^\]@]*\]|[^:@[\]]+)(?::(\d{1,5}))?$/.exec(written);
  if (!found?.[1]) return undefined;
  const port = found[2] === undefined ? usual : Number(found[2]);
  return port > 0 && port < 65536 ? {host: found[1], port} : undefined;
}

function checked(written: string, {port, path, says}: {port: number; path: string; says: string | undefined}): Asked {
  const found = authority(written, port);
  if (!found) return refused(400, 'the request names no host');
  const asked = {host: cleanedHost(found.host), port: found.port};
  const name = hostName(found.host);
  if ('problem' in name)
    return {...refused(403, /IP address/.test(name.problem) ? 'it is an IP address' : 'it is no host name'), ...asked};
  if (found.port !== port) return {...refused(403, `only port ${port} is let through this way`), ...asked};
  if (says !== undefined) {
    const header = authority(says, port);
    const again = header && hostName(header.host);
    if (!header || !again || 'problem' in again || again.host !== name.host || header.port !== found.port)
      return {...refused(400, 'the Host header names another host'), ...asked};
  }
  return {host: name.host, port: found.port, path};
}

/** Of `CONNECT host:443`. */
export function connectTarget(url: string, hostHeader: string | undefined): Asked {
  if (!/:\d+$/.test(url)) return refused(400, 'CONNECT needs a host and a port');
  return checked(url, {port: 443, path: '', says: hostHeader});
}

/** Of `GET http://host/path`. */
export function plainTarget(url: string, hostHeader: string | undefined): Asked {
  const found = /^http:\/\/([^/?#]+)(\/[^#]*|\?[^#]*)?$/i.exec(url);
  if (!found?.[1]) return refused(400, 'the request has no http:// address');
  if (hostHeader === undefined) return refused(400, 'the Host header is missing');
  const path = found[2] ?? '/';
  return checked(found[1], {port: 80, path: path.startsWith('/') ? path : `/${path}`, says: hostHeader});
}
