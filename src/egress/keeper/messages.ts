import {AppError, type ErrorCode, errorCodes} from '../../errors.ts';
import type {EgressPolicy, EgressState} from '../egress.ts';

/** What the daemon asks of the keeper. Every version knows `hello` and `retire`. */
export type Question =
  | {readonly ask: 'hello'}
  | {readonly ask: 'serve'; readonly id: string; readonly directory: string; readonly policy: EgressPolicy}
  | {readonly ask: 'once'; readonly id: string; readonly host: string}
  | {readonly ask: 'end'; readonly id: string}
  /** Takes no more connections, and ends when those that are open are over: another one takes its place. */
  | {readonly ask: 'retire'};

export type Numbered = Question & {readonly n: number};

export type Word = Question['ask'];

/** A session as it is served, with its keys. */
export interface Handed {
  readonly id: string;
  readonly directory: string;
  readonly policy: EgressPolicy;
}

/** What each question is answered with. Who retires hands over what it serves: nobody else may know the keys any more. */
export interface Answers {
  readonly hello: Hello;
  readonly serve: null;
  readonly once: null;
  readonly end: null;
  readonly retire: readonly Handed[];
}

/** Who the keeper is, and what it serves. */
export interface Hello {
  readonly version: string;
  readonly pid: number;
  readonly states: readonly Told[];
}

export interface Told {
  readonly id: string;
  readonly state: EgressState;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export type Message =
  | {readonly n: number; readonly answer: Answers[Word]}
  | {readonly n: number; readonly failure: Failure}
  /** Unasked: the state of a session is another. */
  | {readonly told: Told};

/** An error for the other side of the socket. */
export const failureOf = (error: unknown): Failure =>
  error instanceof AppError
    ? {code: error.code, message: error.message, hint: error.hint}
    : {code: '', message: (error as Error).message, hint: ''};

export function errorFrom({code, message, hint}: Failure): Error {
  const known = errorCodes.find((one: ErrorCode) => one === code);
  return known ? new AppError(known, message, {hint}) : new Error(message);
}
