import {randomBytes} from 'node:crypto';
import {AppError} from '../../../errors.ts';
import type {Clock} from '../../../lib/clock.ts';
import type {Log} from '../../../lib/log.ts';
import {orAborted} from '../../../lib/or-aborted.ts';
import type {Size, Stats} from '../../provider.ts';
import {BadFrame, commandTexts, frame, type Kind, number64, position64, sizeBytes} from '../inside/frames.ts';
import type {Link} from '../link/link.ts';
import type {AgentRun, RunStatus} from './agent-run.ts';
import {startExec} from './exec.ts';
import {openRecord} from './record.ts';
import {createTalk} from './talk.ts';
import {type FileTerminal, openFileTerminal} from './terminal.ts';
import {createTyping} from './typing.ts';

const spawnMs = 20_000;
const signalMs = 10_000;
const quickMs = 5000;
/** The keeper may forget what we have: told when it is this much, or behind a while. */
const ackBytes = 256 * 1024;
const ackMs = 1000;

export interface AgentRunInput {
  readonly link: Link;
  /** Ours, of mode 0700: `output.log` and what belongs to it. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  /** The agent's home inside. */
  readonly home: string;
  /** Of everything that runs there, besides what the image says. */
  readonly env?: Readonly<Record<string, string>>;
  /** What was known before this process. */
  readonly status?: RunStatus;
}

const states: Readonly<Record<string, RunStatus>> = {
  idle: {state: 'idle'},
  running: {state: 'running'},
  paused: {state: 'paused'},
};

function statusOf(said: string): RunStatus {
  const [, code] = /^exited (\d{1,3})$/.exec(said) ?? [];
  const status = code === undefined ? states[said] : {state: 'exited' as const, exitCode: Number(code)};
  if (!status) throw new BadFrame('a state that there is not');
  return status;
}

/** Follows what runs behind this link, and goes on in the record of its directory. Throws STATE_UNUSABLE. */
export function createAgentRun(input: AgentRunInput): AgentRun {
  const {link, directory, clock, log} = input;
  const env = {HOME: input.home, ...input.env};
  const record = openRecord(directory);
  const terminals = new Set<FileTerminal>();
  const onStatus = new Set<() => void>();
  const onChanged = new Set<(what: 'exchange' | 'commits') => void>();
  let status: RunStatus = input.status ?? {state: 'idle'};
  let ended: 'lost' | 'closed' | undefined;
  let acked = record.end;
  let cancelAck: (() => void) | undefined;
  let reading: {readonly at: number; readonly ticks: number} | undefined;

  const become = (next: RunStatus) => {
    if (next.state === status.state && next.exitCode === status.exitCode) return;
    status = next;
    if (next.state === 'exited') for (const terminal of [...terminals]) terminal.over('exited');
    for (const listener of [...onStatus]) listener();
  };
  const acknowledge = () => {
    cancelAck?.();
    cancelAck = undefined;
    acked = record.end;
    talk.say(frame('ack', number64(record.end - record.ours(0))));
  };
  const greet = (payload: Buffer) => {
    const instance = payload.subarray(0, 32).toString('latin1');
    if (!/^[0-9a-f]{32}$/.test(instance)) throw new BadFrame('a keeper without a name');
    const [start, end, heard, taken] = [32, 40, 48, 56].map(at => position64(payload, at)) as [
      number,
      number,
      number,
      number,
    ];
    const from = record.meet({instance, start, end});
    talk.greeted(frame('follow', number64(from)));
    typing.opened(heard, taken);
  };
  const printed = (payload: Buffer) => {
    record.append(position64(payload, 0), payload.subarray(8));
    for (const terminal of terminals) terminal.grown();
    if (record.end - acked >= ackBytes) acknowledge();
    else cancelAck ??= clock.after(ackMs, acknowledge);
  };
  const notices = {exchange: 'exchange', commits: 'commits'} as const;
  const noticed = (what: string) => {
    const known = notices[what as keyof typeof notices];
    if (known) for (const listener of [...onChanged]) listener(known);
  };
  const frames: Partial<Record<Kind, (payload: Buffer) => void>> = {
    hello: greet,
    output: printed,
    state: payload => become(statusOf(payload.toString('latin1'))),
    taken: payload => typing.taken(position64(payload, 0)),
    notice: payload => noticed(payload.toString('latin1')),
  };
  const talk = createTalk({
    ...{link, clock, log},
    onFrame: (kind, payload) => frames[kind]?.(payload),
    onBroken: () => typing.broken(),
  });
  const typing = createTyping((position, bytes) => talk.say(frame('input', number64(position), bytes)));

  const resize = async (size: Size): Promise<number> => {
    if (ended || status.state === 'exited') return record.end;
    const answer = await talk.ask('resize', sizeBytes(size), quickMs).catch(() => undefined);
    // Nobody has drawn anything for it yet.
    if (!answer) return record.end;
    const position = Math.min(record.ours(position64(answer, 0)), record.end);
    for (const terminal of terminals) terminal.cut(position);
    return position;
  };
  const end = (how: 'lost' | 'closed') => {
    if (ended) return;
    ended = how;
    cancelAck?.();
    talk.close();
    typing.close();
    for (const terminal of [...terminals]) how === 'lost' ? terminal.over('lost') : terminal.stream.close();
    record.close();
  };
  return {
    get status() {
      return status;
    },
    onStatus(listener) {
      onStatus.add(listener);
      return () => onStatus.delete(listener);
    },
    onChanged(listener) {
      onChanged.add(listener);
      return () => onChanged.delete(listener);
    },
    async spawn({argv, env: more, secrets}, size, signal) {
      if (status.state === 'running' || status.state === 'paused')
        throw new AppError('ENGINE_REFUSED', 'An agent runs there already');
      const what = commandTexts({argv, where: '/workspace', user: 'agent', env: {...env, ...more, ...secrets}});
      // By the key it is known that it was asked before, should the connection break meanwhile.
      const rest = Buffer.concat([randomBytes(16), sizeBytes(size), what]);
      const asked = talk.ask('spawn', rest, spawnMs);
      const answer = await (signal ? orAborted(asked, signal) : asked);
      return record.ours(position64(answer, 0));
    },
    openTerminal(options) {
      const terminal = openFileTerminal({
        file: record.file,
        options,
        write: bytes => void typing.write(bytes),
        resize,
        onClosed: () => terminals.delete(terminal),
      });
      terminals.add(terminal);
      if (status.state === 'exited') terminal.over('exited');
      else if (ended) terminal.over('lost');
      return terminal.stream;
    },
    exec: (command, options = {}) => startExec({link, clock, env}, command, options),
    async signal(name) {
      await talk.ask('signal', Buffer.from(name), signalMs);
    },
    async stats(): Promise<Stats | undefined> {
      const answer = await talk.ask('stats', Buffer.alloc(0), quickMs).catch(() => undefined);
      const [at = 0, ticks = 0, memoryBytes = 0, pids = 0] = (answer?.toString('latin1') ?? '').split(' ').map(Number);
      if (![at, ticks, memoryBytes, pids].every(Number.isSafeInteger) || pids < 1) return undefined;
      const before = reading;
      reading = {at, ticks};
      const ran = before && at > before.at ? Math.max(0, ticks - before.ticks) / (at - before.at) : 0;
      return {cpuPercent: 100 * ran, memoryBytes, pids};
    },
    lose: () => end('lost'),
    close: () => end('closed'),
  };
}
