import type {ServiceImpl} from '@connectrpc/connect';
import type {AttachRequest, ExecRequest, SessionService} from '../api/gen/trails/v1/session_service_pb.js';
import {endMessage, sizeOf} from '../api/messages.ts';
import {AppError} from '../errors.ts';
import {createFeed} from '../lib/feed.ts';
import type {ExecHandle, SessionsPort} from '../sessions/port.ts';
import type {Handlers} from './handlers.ts';

/** Of a command's output for a client that reads slowly; then the command waits. */
const mostWaiting = 256 * 1024;

/** The first request of a call says what it is about. Throws USAGE. */
async function begun<
  Request extends {readonly request: {readonly case?: string | undefined; readonly value?: unknown}},
>(requests: AsyncIterator<Request>): Promise<Extract<Request['request'], {case: 'start'}>['value']> {
  const first = await requests.next();
  const {case: kind, value} = first.done ? {case: undefined, value: undefined} : first.value.request;
  if (kind === 'start') return value as Extract<Request['request'], {case: 'start'}>['value'];
  throw new AppError('USAGE', 'The first request of this call has to be a start', {hint: 'See docs/api.md.'});
}

/** Goes through what the client sends, until it ends or breaks off; then `over`. */
async function eachRequest<Request>(
  requests: AsyncIterator<Request>,
  take: (request: Request) => void | Promise<void>,
  over: () => void,
): Promise<void> {
  try {
    for (let next = await requests.next(); !next.done; next = await requests.next()) await take(next.value);
  } catch {
    // The client is gone: the same as an end.
  } finally {
    over();
  }
}

async function* attach(port: SessionsPort, asked: AsyncIterable<AttachRequest>, signal: AbortSignal) {
  const requests = asked[Symbol.asyncIterator]();
  const {session, size} = await begun(requests);
  const attachment = await port.attach(session, sizeOf(size));
  const detach = () => attachment.detach();
  signal.addEventListener('abort', detach, {once: true});
  const take = ({request}: AttachRequest) => {
    if (request.case === 'input') attachment.write(request.value);
    else if (request.case === 'resize') attachment.resize(sizeOf(request.value));
  };
  void eachRequest(requests, take, detach);
  try {
    for await (const value of attachment.output) yield {response: {case: 'output' as const, value}};
    yield {response: {case: 'end' as const, value: endMessage(await attachment.closed)}};
  } finally {
    signal.removeEventListener('abort', detach);
    detach();
  }
}

type ExecAnswer = {case: 'stdout' | 'stderr'; value: Uint8Array} | {case: 'exitCode'; value: number};

async function* exec(port: SessionsPort, asked: AsyncIterable<ExecRequest>, signal: AbortSignal) {
  const requests = asked[Symbol.asyncIterator]();
  const {session, argv, env, tty} = await begun(requests);
  const [file, ...args] = argv;
  const handle: ExecHandle =
    file === undefined
      ? await port.shell(session, sizeOf(tty))
      : await port.exec(session, {argv: [file, ...args], env, ...(tty ? {tty: sizeOf(tty)} : {})});
  const answers = createFeed<ExecAnswer>();
  let waiting = 0;
  handle.onOutput((stream, value) => {
    answers.push({case: stream, value});
    waiting += value.length;
    if (waiting > mostWaiting) handle.pause();
  });
  handle.exit.then(
    value => {
      answers.push({case: 'exitCode', value});
      answers.end();
    },
    error => answers.end(error),
  );
  let over = false;
  const ended = () => {
    over = true;
  };
  handle.exit.then(ended, ended);
  // Nobody could come back to it.
  const kill = () => {
    if (!over) handle.kill();
    ended();
  };
  signal.addEventListener('abort', kill, {once: true});
  // Its client left while it was being started.
  if (signal.aborted) kill();
  const take = ({request}: ExecRequest): void | Promise<void> => {
    // Read on only when it has room: what a client sends meanwhile waits with the client.
    if (request.case === 'stdin') return handle.write(request.value);
    if (request.case === 'resize') handle.resize(sizeOf(request.value));
    else if (request.case === 'endOfInput') handle.end();
  };
  void eachRequest(requests, take, () => handle.end());
  try {
    yield {response: {case: 'started' as const, value: {}}};
    for await (const response of answers) {
      yield {response};
      if (response.case === 'exitCode' || waiting === 0) continue;
      waiting -= response.value.length;
      if (waiting <= mostWaiting) handle.resume();
    }
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
  }
}

/** The calls in which both sides speak. */
export const terminalCalls = ({stream}: Handlers): Pick<ServiceImpl<typeof SessionService>, 'attach' | 'exec'> => ({
  attach: stream(attach),
  exec: stream(exec),
});
