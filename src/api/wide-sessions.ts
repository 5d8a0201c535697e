import type {ClientHttp2Session, ClientHttp2Stream} from 'node:http2';
import {Http2SessionManager} from '@connectrpc/connect-node';

/** For all streams of a connection together; HTTP/2 begins with 64 KB, and the sender would wait for us after each of them. */
const windowBytes = 1024 * 1024;

/** Connections that take in more than HTTP/2's default at once. */
export class WideSessions extends Http2SessionManager {
  #widened: ClientHttp2Session | undefined;

  override async request(...request: Parameters<Http2SessionManager['request']>): Promise<ClientHttp2Stream> {
    const stream = await super.request(...request);
    const session = stream.session as ClientHttp2Session | undefined;
    if (session && session !== this.#widened) {
      session.setLocalWindowSize(windowBytes);
      this.#widened = session;
    }
    return stream;
  }
}
