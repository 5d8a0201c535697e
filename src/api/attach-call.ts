import type {MessageInitShape} from '@bufbuild/protobuf';
import {AppError} from '../errors.ts';
import {createByteQueue} from '../lib/byte-queue.ts';
import {pause} from '../lib/clock.ts';
import {createFeed, type Feed} from '../lib/feed.ts';
import type {Attachment, AttachmentEnd, Size} from '../sessions/port.ts';
import {resetSequence} from '../terminal/reset.ts';
import type {AttachRequestSchema} from './gen/trails/v1/session_service_pb.js';
import type {Line} from './line.ts';
import {attachmentEnd, sizeMessage} from './messages.ts';

type Requests = Feed<MessageInitShape<typeof AttachRequestSchema>>;

/** So much waits here for the reader; more waits in the daemon, which makes a picture of it when it becomes too much. */
const mostWaiting = 64 * 1024;
/** Typed while there is no daemon. */
const mostTyped = 64 * 1024;

/** The next daemon may come up before the engine does: so often, so far apart, it is asked for the terminal again. */
const retries = {most: 60, ms: 500} as const;

/** How a terminal ended that is not there any more when the next daemon is asked for it. */
function endOf(error: unknown): AttachmentEnd {
  const {message} = error as Error;
  if (error instanceof AppError && error.code === 'PHASE_FORBIDS') return {reason: 'exited', exitCode: null};
  return {reason: 'lost', detail: message};
}

async function* untilBroken<T>(messages: AsyncIterable<T>, broken: () => void): AsyncIterable<T> {
  try {
    yield* messages;
  } finally {
    broken();
  }
}

/**
 * A viewer over the line. When the daemon dies it goes on with the next one, which begins with the exact screen; what is typed meanwhile
 * follows. Throws what keeps the session from being attached to.
 */
export async function attachOver(line: Line, session: string, size: Size): Promise<Attachment> {
  const over = new AbortController();
  const {promise: closed, resolve: settle} = Promise.withResolvers<AttachmentEnd>();
  const {promise: attached, resolve: begun, reject: refused} = Promise.withResolvers<void>();
  let now = size;
  let requests: Requests | undefined;
  let typed: Uint8Array[] = [];
  let typedBytes = 0;
  let connections = 0;
  let pictures = 0;
  let failed = 0;
  let wake = () => {};
  const end = (how: AttachmentEnd) => {
    settle(how);
    over.abort();
    requests?.end();
    queue.end();
    wake();
  };
  const queue = createByteQueue({onHungry: () => wake(), onLeft: () => end({reason: 'detached'})});

  const attach = () =>
    line.stream(({sessions}, signal) => {
      const mine: Requests = createFeed();
      requests?.end();
      requests = mine;
      connections += 1;
      mine.push({request: {case: 'start', value: {session, size: sizeMessage(now)}}});
      for (const value of typed) mine.push({request: {case: 'input', value}});
      typed = [];
      typedBytes = 0;
      return untilBroken(sessions.attach(mine, {signal}), () => {
        if (requests === mine) requests = undefined;
      });
    }, over.signal);

  const readOn = async () => {
    for await (const {response} of attach()) {
      begun();
      failed = 0;
      if (connections > pictures) {
        // The terminal is as the last daemon left it.
        if (pictures > 0) queue.push(Buffer.from(resetSequence));
        pictures = connections;
      }
      if (response.case === 'end') return end(attachmentEnd(response.value));
      if (response.case !== 'output') continue;
      queue.push(response.value);
      while (queue.length > mostWaiting && !over.signal.aborted)
        await new Promise<void>(resolve => {
          wake = resolve;
        });
    }
    // Not even a picture came.
    refused(new AppError('CANCELLED', 'Trails is being left'));
    end({reason: 'detached'});
  };
  const read = async (): Promise<void> => {
    try {
      await readOn();
    } catch (error) {
      const away = error instanceof AppError && error.code === 'ENGINE_UNREACHABLE';
      if (!away || pictures === 0 || failed === retries.most) throw error;
      failed += 1;
      await pause(retries.ms, over.signal);
      return read();
    }
  };
  read().catch(error => {
    refused(error);
    end(endOf(error));
  });
  await attached;
  return {
    output: queue.output,
    write(value) {
      if (over.signal.aborted) return;
      if (requests) requests.push({request: {case: 'input', value}});
      else if (typedBytes + value.length <= mostTyped) {
        typed.push(value);
        typedBytes += value.length;
      }
    },
    resize(value) {
      now = value;
      requests?.push({request: {case: 'resize', value: sizeMessage(value)}});
    },
    detach: () => end({reason: 'detached'}),
    closed,
  };
}
