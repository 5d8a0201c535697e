/** `absent`: nobody listens there. `broken`: somebody did, and has gone. */
export type Lost = 'absent' | 'broken';

const absent = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'EPROTOTYPE']);
const broken = /^(ECONNRESET|ECONNABORTED|EPIPE|ERR_STREAM_(PREMATURE_CLOSE|DESTROYED)|ERR_HTTP2_\w+)$/;

/** Whether an error, or what caused it, means that the other end is not there. Connect's own codes do not tell. */
export function lostConnection(error: unknown): Lost | undefined {
  let at: unknown = error;
  for (let depth = 0; depth < 8 && at instanceof Error; depth += 1) {
    const {code} = at as NodeJS.ErrnoException;
    if (typeof code === 'string') {
      if (absent.has(code)) return 'absent';
      if (broken.test(code)) return 'broken';
    }
    at = at.cause;
  }
  return undefined;
}
