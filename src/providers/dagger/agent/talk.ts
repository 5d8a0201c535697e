import {AppError} from '../../../errors.ts';
import type {Clock} from '../../../lib/clock.ts';
import type {Log} from '../../../lib/log.ts';
import {keeperClient} from '../inside/brought.ts';
import {BadFrame, createFrames, frame, type Kind, number32} from '../inside/frames.ts';
import type {Channel, Link} from '../link/link.ts';

const againMs = 300;
/** Behind somebody who broke the rules. */
const laterMs = 5000;

export const unreachable = () => new AppError('ENGINE_UNREACHABLE', 'The environment does not answer');

export interface TalkInput {
  readonly link: Link;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  /** Whatever the keeper says that is no answer. What it throws ends the channel, and the next one is opened later. */
  onFrame(kind: Kind, payload: Buffer): void;
  onBroken(): void;
}

/** The one conversation with a keeper, which goes on over every break. */
export interface Talk {
  /** For what is worth nothing later: with nobody there it is not said. */
  say(message: Buffer): void;
  /** Said again behind a break until it is answered. Throws ENGINE_UNREACHABLE, ENGINE_REFUSED with the keeper's words. */
  ask(kind: Kind, rest: Uint8Array, mostMs: number): Promise<Buffer>;
  /** Says this first, then what was asked. */
  greeted(message: Buffer): void;
  close(): void;
}

interface Question {
  readonly message: Buffer;
  answer(payload: Buffer): void;
  refuse(error: AppError): void;
}

export function createTalk({link, clock, log, onFrame, onBroken}: TalkInput): Talk {
  const questions = new Map<number, Question>();
  let next = 1;
  let channel: Channel | undefined;
  let greeted = false;
  let opening = false;
  let closed = false;
  let cancelAgain = () => {};

  const heard = (kind: Kind, payload: Buffer) => {
    if (kind !== 'reply' && kind !== 'refused') return onFrame(kind, payload);
    if (payload.length < 4) throw new BadFrame('an answer to nothing');
    const question = questions.get(payload.readUInt32BE());
    const rest = payload.subarray(4);
    if (kind === 'reply') return question?.answer(rest);
    const said = rest
      .subarray(0, 300)
      .toString()
      .replace(/[^ -~]+/g, ' ')
      .trim();
    question?.refuse(new AppError('ENGINE_REFUSED', `The environment refused: ${said}`));
  };
  const again = (ms: number) => {
    cancelAgain();
    cancelAgain = clock.after(ms, () => void open());
  };
  const open = async () => {
    if (closed || opening || channel || !link.connected) return;
    opening = true;
    try {
      const fresh = await link.run(keeperClient);
      opening = false;
      if (closed) return fresh.close();
      channel = fresh;
      let wait = againMs;
      const frames = createFrames(heard);
      fresh.onOutput((stream, bytes) => {
        if (channel !== fresh || stream !== 'stdout') return;
        try {
          frames(bytes);
        } catch (error) {
          log.warn('a keeper is not to be followed', {why: (error as Error).message});
          wait = laterMs;
          lost();
          fresh.close();
        }
      });
      const lost = () => {
        if (channel !== fresh) return;
        channel = undefined;
        greeted = false;
        onBroken();
        again(wait);
      };
      void fresh.closed.then(lost);
    } catch {
      opening = false;
      again(againMs);
    }
  };
  const endListening = link.onChange(() => void open());
  void open();
  return {
    say(message) {
      if (greeted) void channel?.write(message);
    },
    ask(kind, rest, mostMs) {
      if (closed) return Promise.reject(unreachable());
      const id = next;
      next += 1;
      return new Promise((resolve, reject) => {
        const settle = () => {
          cancel();
          questions.delete(id);
        };
        const cancel = clock.after(mostMs, () => {
          settle();
          reject(unreachable());
        });
        const question: Question = {
          message: frame(kind, number32(id), rest),
          answer(payload) {
            settle();
            // A copy: the buffer that it was cut from is the channel's.
            resolve(Buffer.from(payload));
          },
          refuse(error) {
            settle();
            reject(error);
          },
        };
        questions.set(id, question);
        if (greeted) void channel?.write(question.message);
      });
    },
    greeted(first) {
      greeted = true;
      void channel?.write(first);
      for (const {message} of questions.values()) void channel?.write(message);
    },
    close() {
      if (closed) return;
      closed = true;
      endListening();
      cancelAgain();
      channel?.close();
      channel = undefined;
      for (const {refuse} of [...questions.values()]) refuse(unreachable());
    },
  };
}
