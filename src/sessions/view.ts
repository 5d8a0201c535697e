import type {StatusVerdict} from '../agents/status/verdict.ts';
import type {ChangeCount, SessionView} from './port.ts';
import type {SessionRecord} from './record.ts';
import {inSetupStep, setupView} from './setup/setup-state.ts';
import type {Live} from './terminals/live.ts';

function statusOf(record: SessionRecord, {live, caughtUp, problem, queued}: Seen): StatusVerdict {
  const told = (status: StatusVerdict['status'], rule: string): StatusVerdict => ({
    status,
    source: 'container',
    rule,
    detail: record.note,
    kind: '',
    since: record.phaseSince,
  });
  switch (record.phase) {
    case 'creating':
      return told('starting', inSetupStep(record) ? 'a setup step runs' : 'the container is being made');
    case 'stopped':
      if (queued !== null) return told('starting', 'it waits for room to start');
      if (record.asleep !== '') return told('exited', 'it was put to sleep: it wakes at attach and at a prompt');
      return told('exited', `the container ended with code ${record.exitCode ?? '?'}`);
    case 'failed':
      return told('error', 'the session failed');
    case 'lost':
      return told('unknown', 'the container is gone');
    default:
      if (live && caughtUp) return live.detector.verdict;
      // What is read on the way is of earlier runs.
      if (live) return {...told('starting', 'its terminal is being read'), source: 'none'};
      return {
        ...told('unknown', problem ? `its terminal: ${problem}` : 'its terminal is not open yet'),
        source: 'none',
      };
  }
}

/** What this process knows of a session beside its row. */
export interface Seen {
  readonly live: Live | undefined;
  /** All that was printed before its terminal was opened is on its screen. */
  readonly caughtUp: boolean;
  /** Why its terminal could not be opened. */
  readonly problem: string | undefined;
  readonly changes: ChangeCount | null;
  /** The step of a creation under way. */
  readonly step: string | undefined;
  /** Names of the variables whose values are known. */
  readonly given: readonly string[];
  /** Its agent can go on with a conversation. */
  readonly resumes: boolean;
  readonly prompts: SessionView['prompts'];
  readonly denied: number;
  /** Its place among those that wait for room. */
  readonly queued: number | null;
}

/** What clients see of a session: what is recorded, and what its terminal shows right now. */
export const sessionView = (record: SessionRecord, seen: Seen): SessionView => {
  const {live, step, changes, given, resumes, prompts, denied} = seen;
  return {
    id: record.id,
    name: record.name,
    agent: record.agent,
    command: record.command,
    provider: record.provider,
    image: record.image,
    phase: record.removing ? 'stopping' : record.phase,
    phaseSince: record.phaseSince,
    note: record.removing ? 'being torn down' : ((record.phase === 'creating' ? step : undefined) ?? record.note),
    status: statusOf(record, seen),
    unseen:
      record.asleep === 'stopped'
        ? record.attention === 'unseen'
        : record.phase === 'running' && (live?.unseen ?? false),
    mode: record.mode,
    variables: [...new Set([...record.variables, ...given])].sort(),
    missing: record.missing,
    resumes,
    prompts,
    workspace: record.workspace,
    setup: setupView(record),
    changes,
    limits: record.limits,
    network: record.network,
    denied,
    sandbox: {profile: record.sandbox.profile, loosened: record.sandbox.loosened},
    runtime: record.runtime,
    unenforced: record.unenforced,
    credentials: record.credentials,
    home: record.home,
    project: record.project,
    // One that is being made for the queue is not there yet.
    queued: record.phase === 'stopped' ? seen.queued : null,
    asleep: record.asleep,
    createdAt: record.createdAt,
    exitCode: record.exitCode,
    title: live?.emulator.title ?? '',
  };
};
