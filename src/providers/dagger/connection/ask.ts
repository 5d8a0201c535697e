import http from 'node:http';
import {AppError} from '../../../errors.ts';
import {EngineFault, plain} from './faults.ts';

/** Where a Dagger session answers, and the word that opens it. */
export interface Session {
  readonly port: number;
  readonly token: string;
}

/** Ids and outputs of probes; nothing else is asked for. */
const mostBytes = 16 * 2 ** 20;

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly {readonly message?: unknown; readonly extensions?: Readonly<Record<string, unknown>>}[];
}

const unreachable = (message: string, hint?: string, cause?: unknown) =>
  new AppError('ENGINE_UNREACHABLE', message, {...(hint === undefined ? {} : {hint}), cause});

function post({port, token}: Session, body: string, signal?: AbortSignal): Promise<{status: number; text: string}> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(
        signal?.aborted
          ? signal.reason
          : unreachable(`The Dagger session broke off: ${error.message}`, undefined, error),
      );
    const request = http.request(
      {
        ...{host: '127.0.0.1', port, path: '/query', method: 'POST', agent: false},
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          authorization: `Basic ${Buffer.from(`${token}:`).toString('base64')}`,
        },
        ...(signal ? {signal} : {}),
      },
      response => {
        const pieces: Buffer[] = [];
        let size = 0;
        response.on('data', (piece: Buffer) => {
          size += piece.length;
          if (size > mostBytes) response.destroy(new Error('its answer is too long'));
          else pieces.push(piece);
        });
        response.once('error', fail);
        response.once('end', () => resolve({status: response.statusCode ?? 0, text: String(Buffer.concat(pieces))}));
      },
    );
    request.once('error', fail);
    request.end(body);
  });
}

function parsed(text: string): Answer | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** One document, answered. Waits as long as the work takes. Throws ENGINE_UNREACHABLE, EngineFault. */
export async function ask(session: Session, query: string, signal?: AbortSignal): Promise<unknown> {
  signal?.throwIfAborted();
  const {status, text} = await post(session, JSON.stringify({query}), signal);
  if (status === 401) {
    throw unreachable(
      'The Dagger session does not take our token',
      'DAGGER_SESSION_PORT and DAGGER_SESSION_TOKEN must be of one session; unset both, and Trails starts its own.',
    );
  }
  const answer = parsed(text);
  const [error] = answer?.errors ?? [];
  if (error) {
    const {_type: type, exitCode, stderr} = error.extensions ?? {};
    const exec = type === 'EXEC_ERROR' ? {exitCode: Number(exitCode ?? -1), stderr: String(stderr ?? '')} : undefined;
    throw new EngineFault(String(error.message ?? 'no reason given'), exec);
  }
  if (answer?.data === undefined || answer.data === null) {
    throw unreachable(`The Dagger session answers ${status}: ${plain(text) || 'nothing'}`);
  }
  return answer.data;
}

/** The engine's version. Throws as `ask`, and ENGINE_UNREACHABLE for what is no Dagger. */
export async function askVersion(session: Session, signal?: AbortSignal): Promise<string> {
  const data = (await ask(session, '{version}', signal)) as {readonly version?: unknown};
  if (typeof data.version === 'string') return plain(data.version);
  throw unreachable(`What answers on port ${session.port} is no Dagger session`);
}
