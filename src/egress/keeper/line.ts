import {once} from 'node:events';
import net from 'node:net';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import type {Clock} from '../../lib/clock.ts';
import {socketPlace} from '../socket-place.ts';
import {onMessages, sendMessage} from './lines.ts';
import {type Answers, errorFrom, type Hello, type Message, type Question, type Told, type Word} from './messages.ts';

/** A connection to the keeper. */
export interface Line {
  readonly hello: Hello;
  /** Rejects with what the keeper threw, and when the connection breaks before the answer. */
  ask<W extends Word>(question: Extract<Question, {ask: W}>): Promise<Answers[W]>;
  /** Resolves when it has broken, or was closed. */
  readonly closed: Promise<void>;
  close(): void;
}

const answerWithinMs = 10_000;

/** Nobody listens there: what is to be started then. */
export const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ECONNREFUSED'].includes((error as NodeJS.ErrnoException).code ?? '');

const broken = () =>
  new AppError('STATE_UNUSABLE', 'The way out of the sessions broke in the middle of a question', {
    hint: 'It is started again by itself: try again.',
  });

/** Throws what `isAbsent` tells where no keeper is. */
export async function openLine(
  file: string,
  {clock, onTold = () => {}}: {readonly clock: Clock; readonly onTold?: (told: Told) => void},
): Promise<Line> {
  const {place, close: letGo} = socketPlace(path.dirname(file), path.basename(file));
  const socket = net.connect(place);
  try {
    await once(socket, 'connect');
  } finally {
    letGo();
  }
  const waiting = new Map<number, PromiseWithResolvers<Answers[Word]>>();
  let last = 0;
  // However it ends: `once` of node:events would reject, and nobody be told, where a killed keeper resets the connection.
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve())).then(() => {
    for (const {reject} of waiting.values()) reject(broken());
    waiting.clear();
  });
  onMessages<Message>(socket, message => {
    if ('told' in message) return onTold(message.told);
    const asked = waiting.get(message.n);
    waiting.delete(message.n);
    if ('failure' in message) asked?.reject(errorFrom(message.failure));
    else asked?.resolve(message.answer);
  });
  const ask = async <W extends Word>(question: Extract<Question, {ask: W}>): Promise<Answers[W]> => {
    if (socket.destroyed) throw broken();
    last += 1;
    const answer = Promise.withResolvers<Answers[Word]>();
    waiting.set(last, answer);
    sendMessage(socket, {n: last, ...question});
    // One that hangs would have whoever starts a session wait for ever.
    const cancel = clock.after(answerWithinMs, () => socket.destroy());
    try {
      return (await answer.promise) as Answers[W];
    } finally {
      cancel();
    }
  };
  return {hello: await ask({ask: 'hello'}), ask, closed, close: () => void socket.destroy()};
}
