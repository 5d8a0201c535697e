import type {MessageInitShape} from '@bufbuild/protobuf';
import {AppError} from '../errors.ts';
import {createFeed} from '../lib/feed.ts';
import type {ExecHandle} from '../sessions/port.ts';
import {thrownThere} from './errors.ts';
import type {ExecRequest_StartSchema, ExecRequestSchema} from './gen/trails/v1/session_service_pb.js';
import type {Line} from './line.ts';
import {sizeMessage} from './messages.ts';

type Request = MessageInitShape<typeof ExecRequestSchema>;
type Listener = (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;

/** Starts a further process over the line; resolves once it runs. It ends with the daemon: nobody could go on reading it. */
export function execOver(line: Line, start: MessageInitShape<typeof ExecRequest_StartSchema>): Promise<ExecHandle> {
  return line.call(async ({sessions}) => {
    const requests = createFeed<Request>();
    const ending = new AbortController();
    requests.push({request: {case: 'start', value: start}});
    const answers = sessions.exec(requests, {signal: ending.signal})[Symbol.asyncIterator]();
    const first = await answers.next();
    if (first.done) throw new Error('The daemon ended an exec without an answer');

    let listener: Listener | undefined;
    let flowing = Promise.resolve();
    let release: (() => void) | undefined;
    const early: Parameters<Listener>[] = [];
    const tell: Listener = (stream, bytes) => (listener ? listener(stream, bytes) : void early.push([stream, bytes]));
    const read = async (): Promise<number> => {
      try {
        for (let next = await answers.next(); !next.done; next = await answers.next()) {
          await flowing;
          const {response} = next.value;
          if (response.case === 'stdout' || response.case === 'stderr') tell(response.case, response.value);
          else if (response.case === 'exitCode') return response.value;
        }
      } catch (error) {
        // As a killed process ends.
        if (ending.signal.aborted) return 137;
        throw thrownThere(error) ?? lost(error);
      } finally {
        requests.end();
      }
      throw lost(undefined);
    };
    const lost = (cause: unknown) =>
      new AppError('DAEMON_LOST', 'The daemon ended while the command ran', {
        cause,
        hint: 'What became of the command is not known: look into the session.',
      });
    const exit = read();
    // Whoever waits for the end hears of it.
    exit.catch(() => {});
    return {
      onOutput(next) {
        listener = next;
        for (const [stream, bytes] of early.splice(0)) next(stream, bytes);
      },
      pause() {
        if (release) return;
        flowing = new Promise(resolve => {
          release = resolve;
        });
      },
      resume() {
        release?.();
        release = undefined;
      },
      write(value) {
        requests.push({request: {case: 'stdin', value}});
        return requests.taken();
      },
      end: () => requests.push({request: {case: 'endOfInput', value: {}}}),
      resize: size => requests.push({request: {case: 'resize', value: sizeMessage(size)}}),
      kill() {
        ending.abort();
        release?.();
      },
      exit,
    };
  }, false);
}
