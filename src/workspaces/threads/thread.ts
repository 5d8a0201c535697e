import {parentPort} from 'node:worker_threads';
import {AppError} from '../../errors.ts';
import {makeBase} from '../shadow/base.ts';
import {openSnapshots} from '../shadow/snapshot.ts';
import {ignoredIn} from '../tree/ignored.ts';
import type {Asked, CallName, ThreadCalls, Told} from './thread-calls.ts';

type Report = (progress: unknown) => void;
type Answers = {
  readonly [Name in CallName]: (
    ask: ThreadCalls[Name]['ask'],
    report: Report,
  ) => ThreadCalls[Name]['answer'] | Promise<ThreadCalls[Name]['answer']>;
};

/** One workspace a thread: what was seen last is kept for the next look. */
let looking: {readonly workspace: string; readonly snapshots: ReturnType<typeof openSnapshots>} | undefined;

const answers: Answers = {
  take({places, from}) {
    if (looking?.workspace !== places.workspace)
      looking = {workspace: places.workspace, snapshots: openSnapshots(places)};
    return looking.snapshots.take(from);
  },
  ignored: ({places}) => ignoredIn(places.workspace, places.table, places.excludes),
  makeBase: ({places, cloned}) => makeBase(places, cloned),
};

const tell = (told: Told) => parentPort?.postMessage(told);

parentPort?.on('message', async ({id, name, ask}: Asked) => {
  try {
    const work = answers[name] as (ask: unknown, report: Report) => unknown;
    const answer = await work(ask, progress => tell({id, kind: 'progress', progress}));
    tell({id, kind: 'answer', answer});
  } catch (error) {
    const {message, stack = ''} = error as Error;
    const own = error instanceof AppError ? error : undefined;
    tell({id, kind: 'error', code: own?.code, hint: own?.hint ?? '', message, stack});
  }
});
