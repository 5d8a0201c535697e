import type {Agents} from '../../agents/registry.ts';
import {AppError} from '../../errors.ts';
import {faultPoint} from '../../lib/fault.ts';
import type {Context} from '../context.ts';
import type {Operations} from '../operations.ts';
import type {PromptView, SessionView, Status, StatusVerdict} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import type {Lives} from '../terminals/lives.ts';
import {type Desk, deliver, hasTaken} from './deliver.ts';
import {deskOf} from './desk.ts';
import {givenAtStart, startMs} from './first-prompt.ts';
import {type Hold, holdOf} from './hold.ts';
import {mayBeInInput} from './input-box.ts';
import {enterPrompt} from './new-prompt.ts';
import type {PromptRecord} from './prompt-store.ts';
import {promptView} from './prompt-view.ts';

/** More that wait for one agent are somebody's mistake. */
const mostWaiting = 100;
/** So long after a delivery the status may still be the one of before it. */
const freshMs = 2000;
/** What cannot go on now, and of which nobody tells when it can, is tried again after so long. */
const retryMs = 1000;

/** The prompts of every session, each session's typed one after the other. */
export interface Prompts {
  /** Throws PHASE_FORBIDS, STATE_UNUSABLE. */
  send(record: SessionRecord, text: string): Promise<PromptView>;
  of(session: string): readonly PromptView[];
  summary(session: string): SessionView['prompts'];
  /** One waits, or was taken so lately that the agent's status may be that of before. */
  unsettled(session: string): boolean;
  /** Types what can be typed now. */
  follow(records: readonly SessionRecord[]): void;
  close(): void;
}

/** What is known of one session's prompts beside their rows. */
interface Lane {
  busy: boolean;
  /** Something changed meanwhile. */
  changed: boolean;
  /** Why the first one waits. */
  why: string;
  again?: (() => void) | undefined;
  /** Its agent was seen at something. */
  worked?: boolean;
  /** The status at the last delivery, and until when it may stay that. */
  fresh?: {readonly verdict: StatusVerdict; readonly until: number};
}

const atWork: readonly Status[] = ['thinking', 'working', 'error'];
const waits = ({state}: PromptRecord): boolean => state === 'queued' || state === 'sending';
const broken = 'it was being typed when Trails, or the way to the session, broke off';

export function createPrompts(
  context: Context,
  {lives, operations}: {readonly lives: Lives; readonly operations: Operations},
): Prompts {
  const {store, clock, changes, log} = context;
  const lanes = new Map<string, Lane>();
  let closed = false;

  const laneOf = (id: string): Lane => {
    const lane = lanes.get(id) ?? {busy: false, changed: false, why: ''};
    lanes.set(id, lane);
    return lane;
  };
  const waiting = (id: string) => store.prompts.of(id).filter(waits);
  const freshFor = ({fresh}: Lane, verdict: StatusVerdict | undefined): number => {
    if (!fresh || !verdict) return 0;
    const same = verdict.status === fresh.verdict.status && verdict.since === fresh.verdict.since;
    return same ? Math.max(0, fresh.until - clock.now()) : 0;
  };
  const verdictOf = (id: string) => lives.peek(id)?.detector.verdict;
  /** An agent that was given its first prompt at its start shows its empty input for a moment before it takes that. */
  const startsFor = (id: string): number => {
    const last = store.prompts.of(id).findLast(one => !waits(one));
    const given = last?.detail === givenAtStart && !laneOf(id).worked;
    return given ? Math.max(0, last.since + startMs - clock.now()) : 0;
  };

  /** The one that failed last, in this run, may not have left the input. */
  const leftOver = (record: SessionRecord, desk: Desk): boolean => {
    const last = store.prompts.of(record.id).findLast(one => !waits(one));
    return last?.state === 'failed' && last.since >= record.phaseSince && mayBeInInput(desk.rows, last.text);
  };
  const holdNow = (record: SessionRecord, {text}: PromptRecord, agents: Agents): Hold | undefined => {
    const desk = deskOf(context, lives, record);
    return holdOf({
      ...{
        phase: record.removing ? 'stopping' : record.phase,
        queued: record.phase === 'stopped' && record.queuedAt !== null,
        asleep: record.asleep,
        agent: agents.orShell(record.agent),
        run: record.run,
        text,
      },
      ...{terminal: desk, now: clock.now()},
      leftOver: desk !== undefined && leftOver(record, desk),
      freshMs: Math.max(freshFor(laneOf(record.id), desk?.verdict), startsFor(record.id)),
    });
  };

  const note = (id: string, why: string, again?: number) => {
    const lane = laneOf(id);
    lane.again?.();
    lane.again = again === undefined ? undefined : clock.after(again, () => wake(id));
    if (lane.why === why) return;
    lane.why = why;
    changes.tell();
  };
  const end = (prompt: PromptRecord, state: 'delivered' | 'failed' | 'queued', detail: string) => {
    store.prompts.update(prompt.id, {state, detail, since: clock.now()});
    changes.tell();
  };

  /** One that nobody types any more: of the process before this one, or over a connection that broke. */
  const recover = async (record: SessionRecord, prompt: PromptRecord): Promise<boolean> => {
    const desk = deskOf(context, lives, record);
    if (record.phase === 'creating' || (record.phase === 'running' && !desk)) {
      note(record.id, '', retryMs);
      return false;
    }
    const taken = desk && (await hasTaken(desk, clock));
    if (closed) return false;
    if (taken !== undefined) end(prompt, 'delivered', taken);
    else if (desk) end(prompt, 'failed', `${broken}: it may be in the input; attach and look`);
    else end(prompt, 'failed', `${broken}; its run is over`);
    return true;
  };

  const type = async (record: SessionRecord, prompt: PromptRecord, desk: Desk): Promise<boolean> => {
    const {id} = record;
    const {verdict} = desk;
    try {
      store.prompts.writeDown(prompt.id, {state: 'sending', detail: '', since: clock.now()});
    } catch (error) {
      note(id, (error as Error).message, retryMs);
      return false;
    }
    faultPoint('prompt.sending');
    // Begins to type before anything else can happen.
    const typing = operations.run(() => deliver(desk, clock, prompt.text));
    changes.tell();
    const outcome = await typing;
    if (outcome.state === 'lost' || closed) return false;
    if (outcome.state === 'delivered') {
      laneOf(id).fresh = {verdict, until: clock.now() + freshMs};
      clock.after(freshMs, changes.tell);
    }
    end(prompt, outcome.state, outcome.detail);
    faultPoint('prompt.ended');
    return true;
  };

  /** True when the next one may follow. */
  const step = async (id: string): Promise<boolean> => {
    const agents = await context.agents({orLast: true});
    const [prompt] = waiting(id);
    const record = store.byId(id);
    if (closed || !record || !prompt) return false;
    if (prompt.state === 'sending') return recover(record, prompt);
    // Whatever its terminal has brought is looked at before it is decided.
    if (!holdNow(record, prompt, agents)) {
      const live = lives.peek(id);
      await live?.emulator.settled();
      live?.detector.look();
    }
    const now = store.byId(id);
    if (closed || !now || store.prompts.byId(prompt.id)?.state !== 'queued') return false;
    const hold = holdNow(now, prompt, agents);
    const desk = deskOf(context, lives, now);
    if (hold?.never) {
      end(prompt, 'failed', hold.why);
      return true;
    }
    if (hold || !desk) {
      note(id, hold?.why ?? '', hold?.again);
      return false;
    }
    note(id, '');
    return type(now, prompt, desk);
  };

  const advance = async (id: string, lane: Lane) => {
    lane.busy = true;
    try {
      do {
        lane.changed = false;
        if (await step(id)) lane.changed = true;
      } while (lane.changed && !closed);
    } catch (error) {
      log.warn('a prompt is held up', {session: id, why: (error as Error).message});
    } finally {
      lane.busy = false;
    }
  };
  const wake = (id: string) => {
    const lane = laneOf(id);
    if (lane.busy) lane.changed = true;
    else if (!closed && waiting(id).length > 0) void advance(id, lane);
  };

  const viewOf = (prompt: PromptRecord): PromptView => {
    const before = waiting(prompt.session).findIndex(({id}) => id === prompt.id);
    return promptView(
      prompt,
      before > 0 ? `behind ${before} other${before > 1 ? 's' : ''}` : laneOf(prompt.session).why,
    );
  };

  return {
    async send(record, text) {
      const {id, name, phase, removing} = record;
      if (phase === 'lost' || removing)
        throw new AppError('PHASE_FORBIDS', `${name} takes no prompts: it is ${removing ? 'being torn down' : phase}`);
      if (waiting(id).length >= mostWaiting) {
        throw new AppError('PHASE_FORBIDS', `${mostWaiting} prompts wait for ${name} already`, {
          hint: `See them with \`trails send ${name} --list\`; \`--take-back ID\` takes one back.`,
        });
      }
      const agents = await context.agents({orLast: true});
      const prompt = enterPrompt(context, id, text);
      if (waiting(id)[0]?.id === prompt.id) laneOf(id).why = holdNow(record, prompt, agents)?.why ?? '';
      wake(id);
      return viewOf(store.prompts.byId(prompt.id) ?? prompt);
    },
    of: id => store.prompts.of(id).map(viewOf),
    summary(id) {
      const all = store.prompts.of(id);
      const last = all.at(-1);
      return {waiting: all.filter(waits).length, last: last ? viewOf(last) : null};
    },
    unsettled: id => waiting(id).length > 0 || freshFor(laneOf(id), verdictOf(id)) > 0 || startsFor(id) > 0,
    follow(records) {
      const ids = new Set(records.map(({id}) => id));
      for (const [id, lane] of lanes) {
        if (ids.has(id)) continue;
        lane.again?.();
        lanes.delete(id);
      }
      for (const {id} of records) {
        const {status, source} = verdictOf(id) ?? {};
        if (status && source !== 'activity' && atWork.includes(status)) laneOf(id).worked = true;
        wake(id);
      }
    },
    close() {
      closed = true;
      for (const {again} of lanes.values()) again?.();
    },
  };
}
