import type {IncomingMessage} from 'node:http';
import type {Socket} from 'node:net';
import {AppError} from '../../errors.ts';
import {type Answer, type AskOptions, type UnixHttp, unixHttp} from '../../lib/http-unix.ts';

export type Flavor = 'podman' | 'docker';

/** The engine's API: finds or starts its socket by need, and turns failures into words. Both prefixes hold from Podman 4.0 and Docker 20.10 on. */
export interface Engine {
  readonly flavor: Flavor;
  /** How many sockets were found or services started so far: what is known of one may not hold for the next. */
  readonly connections: number;
  /** `accept`: statuses besides 2xx and 304 that are answers too. Else throws ENGINE_REFUSED or ENGINE_UNREACHABLE. */
  ask(method: string, path: string, options?: AskOptions & {readonly accept?: readonly number[]}): Promise<Answer>;
  stream(method: string, path: string, options?: AskOptions): Promise<IncomingMessage>;
  upgrade(path: string, options?: AskOptions): Promise<Socket>;
  upload(method: string, path: string, body: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<Answer>;
  close(): void;
}

export const compat = '/v1.40';
export const libpod = '/v4.0.0/libpod';

const goneCodes = new Set(['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE']);
const isGone = (error: unknown) => goneCodes.has((error as NodeJS.ErrnoException).code ?? '');

export const messageOf = ({status, body}: Answer): string => {
  const {message, cause} = (body ?? {}) as {message?: string; cause?: string};
  return message ?? cause ?? `status ${status}`;
};

const title: Record<Flavor, string> = {podman: 'Podman', docker: 'Docker'};

/** `connect` gives the path of a socket that answers, starting the engine's service if it must; `again` says that the last one is gone. */
export function openEngine(flavor: Flavor, connect: (again: boolean) => Promise<string>): Engine {
  let http: Promise<UnixHttp> | undefined;
  let closed = false;
  let connections = 0;
  /** `broken`: the connection that a call failed on. Another call may have noticed first: then there is a new one by now. */
  const connected = (broken?: Promise<UnixHttp>): Promise<UnixHttp> => {
    const again = broken !== undefined && broken === http;
    if (again) {
      void broken.then(old => old.close()).catch(() => {});
      http = undefined;
    }
    if (http !== undefined) return http;
    connections += 1;
    const fresh = connect(again).then(unixHttp);
    http = fresh;
    fresh.catch(() => {
      if (http === fresh) http = undefined;
    });
    return fresh;
  };
  const reach = async <T>(call: (http: UnixHttp) => Promise<T>, what: string, signal?: AbortSignal): Promise<T> => {
    const first = connected();
    try {
      return await call(await first);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof AppError || !isGone(error) || closed) throw error;
    }
    // The service went away since the last call, by its time-out or by a hand: once more with a new one.
    try {
      return await call(await connected(first));
    } catch (cause) {
      if (cause instanceof AppError || signal?.aborted) throw cause;
      throw new AppError('ENGINE_UNREACHABLE', `${title[flavor]} did not answer ${what}: ${(cause as Error).message}`, {
        cause,
      });
    }
  };
  const refuse = (answer: Answer, what: string) =>
    new AppError('ENGINE_REFUSED', `${title[flavor]} refused ${what}: ${messageOf(answer)}`);
  const fine = (status: number) => (status >= 200 && status < 300) || status === 304;

  return {
    flavor,
    get connections() {
      return connections;
    },
    async ask(method, path, {accept = [], ...options} = {}) {
      const what = `${method} ${path.split('?')[0]}`;
      const answer = await reach(http => http.ask(method, path, options), what, options.signal);
      if (fine(answer.status) || accept.includes(answer.status)) return answer;
      throw refuse(answer, what);
    },
    async stream(method, path, options = {}) {
      const what = `${method} ${path.split('?')[0]}`;
      const message = await reach(http => http.stream(method, path, options), what, options.signal);
      const status = message.statusCode ?? 0;
      if (fine(status)) return message;
      message.resume();
      throw refuse({status, body: undefined}, what);
    },
    async upgrade(path, options = {}) {
      const what = path.split('?')[0]!;
      const got = await reach(http => http.upgrade(path, options), what, options.signal);
      if ('status' in got) throw refuse(got, what);
      return got;
    },
    async upload(method, path, body, signal) {
      const what = `${method} ${path.split('?')[0]}`;
      const answer = await reach(http => http.upload(method, path, body, signal), what, signal);
      if (fine(answer.status)) return answer;
      throw refuse(answer, what);
    },
    close() {
      closed = true;
      void http?.then(open => open.close()).catch(() => {});
    },
  };
}
