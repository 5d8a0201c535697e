import {type Kind, kinds, type Status, type StatusSource, type StatusVerdict} from './verdict.ts';

/** What says so, for a person. */
export const sourceWords: Readonly<Record<StatusSource, string>> = {
  container: 'the container',
  osc7501: 'its own report (OSC 7501)',
  hook: 'its hooks',
  title: "the window's title",
  screen: 'its screen',
  activity: 'activity',
  none: 'nothing yet',
};

interface KindWords {
  /** For a place of a few letters. */
  readonly brief: string;
  /** What follows the agent's name: "api waits for permission". */
  readonly whole: string;
}

const kindWords: Readonly<Record<Kind, KindWords>> = {
  permission: {brief: 'allow?', whole: 'waits for permission'},
  question: {brief: 'asks', whole: 'asks a question'},
  trust: {brief: 'trust?', whole: 'asks whether to trust the folder'},
  mode: {brief: 'mode?', whole: 'asks whether to go on in this mode'},
  login: {brief: 'login?', whole: 'waits for a login'},
  key: {brief: 'key?', whole: 'asks whether to use an API key'},
  auth: {brief: 'login?', whole: 'waits for a login'},
  retry: {brief: 'retries', whole: 'retries'},
  '': {brief: '', whole: ''},
};

const statusWords: Readonly<Record<Status, string>> = {
  starting: 'starts',
  ready: 'is ready',
  thinking: 'thinks',
  working: 'works',
  waiting: 'waits for you',
  error: 'stopped at an error',
  exited: 'has ended',
  unknown: 'is in a state nobody tells',
};

/** A kind says something of these; beside another status it is left out. */
const withKind: ReadonlySet<Status> = new Set(['waiting', 'working', 'thinking']);

/** Of a newer program's kinds nothing is known here. */
const kindOf = ({status, kind}: Pick<StatusVerdict, 'status' | 'kind'>): Kind =>
  withKind.has(status) && kinds.includes(kind) && (status === 'waiting') !== (kind === 'retry') ? kind : '';

/** It works at something that has failed, and goes on by itself. */
export const retries = (verdict: Pick<StatusVerdict, 'status' | 'kind'>): boolean => kindOf(verdict) === 'retry';

/** What it waits for, or that it retries, in a few letters; "" where there is no more to say than its status. */
export const briefWords = (verdict: Pick<StatusVerdict, 'status' | 'kind'>): string => kindWords[kindOf(verdict)].brief;

/** What the agent does, as it follows its name: "waits for permission", "works". */
export const verdictWords = (verdict: Pick<StatusVerdict, 'status' | 'kind'>): string =>
  kindWords[kindOf(verdict)].whole || statusWords[verdict.status];
