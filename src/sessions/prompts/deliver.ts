import {type Clock, elapsed} from '../../lib/clock.ts';
import {faultPoint} from '../../lib/fault.ts';
import type {Status, StatusVerdict} from '../port.ts';
import {findInput, type InputBox, isEmptyAgain, standsBehindOther, stillInInput} from './input-box.ts';
import {enterKey, typedBytes} from './typed-bytes.ts';

/** An agent's terminal, as whoever types into it needs it. */
export interface Desk {
  readonly rows: readonly string[];
  readonly bracketedPaste: boolean;
  readonly verdict: StatusVerdict;
  /** When a person last typed. */
  readonly typedAt: number;
  /** `exited`: the run is over; `stopped`: because somebody asked for that; `lost`: only the way to it is. */
  readonly end: 'exited' | 'stopped' | 'lost' | undefined;
  write(bytes: Uint8Array): void;
  /** Calls when any of this may be another. */
  listen(listener: () => void): () => void;
}

/** `queued`: nobody can have taken it. `lost`: nobody can tell from here. */
export type Outcome =
  | {readonly state: 'delivered' | 'failed' | 'queued'; readonly detail: string}
  | {readonly state: 'lost'};

/** Between two looks at what nobody tells of. */
const lookMs = 20;
/**
 * The text has stood on the screen so long before Enter: an agent that reads both at once takes Enter for a line of the paste. A screen
 * that never rests is not waited for longer than the second.
 */
const settleMs = 150;
const mostSettleMs = 350;
/** A picture that stays so long is whole. */
const wholeMs = 60;
/**
 * A screen without its input may be one that is drawn anew, with the text back in the input and Enter lost: seen once with Gemini, on a
 * slow machine, behind a conversation that it had resumed.
 */
const drawnMs = 800;
/** A paste that cannot be recognised has come when the screen, changed, stays so long as it is; for who says itself that it is ready. */
const unseenMs = 500;
const arrivalMs = 5000;
/** The first Enter may have gone into a menu of commands. */
const secondEnterMs = 1000;
const takenMs = 6000;

const wentOn: readonly Status[] = ['thinking', 'working', 'waiting', 'error'];

/** What the agent itself said since: its own word, or a picture that a rule knows; output alone says nothing. */
export function reactionOf(before: StatusVerdict, now: StatusVerdict): string | undefined {
  const told = now.source !== 'activity' && now.source !== 'none' && now.source !== 'container';
  const another = now.status !== before.status || now.since !== before.since;
  return told && another && wentOn.includes(now.status) ? `the agent is ${now.status}: ${now.rule}` : undefined;
}

/** Asks at once, at each change and every few milliseconds, until there is an answer or the time is over. */
async function firstAnswer<T>(desk: Desk, clock: Clock, ms: number, look: () => T | undefined): Promise<T | undefined> {
  const until = clock.now() + ms;
  for (;;) {
    const change = new AbortController();
    const stop = desk.listen(() => change.abort());
    try {
      const answer = look();
      if (answer !== undefined || clock.now() >= until) return answer;
      await elapsed(clock, lookMs, change.signal);
    } finally {
      stop();
    }
  }
}

const failed = (detail: string): Outcome => ({state: 'failed', detail});
const inBox = 'its text may be in the input: attach and look';

/** How long the screen has been as it is. */
function stillness(clock: Clock, rows: readonly string[]) {
  let last = rows.join('\n');
  let since = clock.now();
  return (now: readonly string[]): number => {
    const next = now.join('\n');
    if (next !== last) since = clock.now();
    last = next;
    return clock.now() - since;
  };
}

type Arrival = {readonly box: InputBox | undefined} | {readonly outcome: Outcome};

/** Until the text is seen in the input. Nothing has been taken before that: Enter comes later. */
function arrived(desk: Desk, clock: Clock, before: readonly string[], text: string): Promise<Arrival | undefined> {
  const beganAt = clock.now();
  const still = stillness(clock, before);
  const first = before.join('\n');
  // A shell has its own text in front of the cursor.
  const speaks = desk.verdict.source !== 'activity' && desk.verdict.source !== 'none';
  // What no rule knows may be a dialog: Enter is for a text that is seen, or for who would have told of one.
  const tellsItself = desk.verdict.source === 'osc7501' || desk.verdict.source === 'hook';
  let seenAt: number | undefined;
  return firstAnswer(desk, clock, arrivalMs, () => {
    const {rows, verdict, typedAt, end} = desk;
    if (end === 'lost') return {outcome: {state: 'lost'}};
    if (end === 'stopped') return {outcome: {state: 'queued', detail: ''}};
    if (end) return {outcome: failed('the agent ended while it was typed')};
    if (verdict.status === 'waiting') return {outcome: failed(`the agent asked for something meanwhile: ${inBox}`)};
    if (typedAt > beganAt) return {outcome: failed(`somebody typed meanwhile: ${inBox}`)};
    const restMs = still(rows);
    const box = findInput(before, rows, text);
    if (box) {
      if (speaks && standsBehindOther(before, rows, text))
        return {outcome: failed('another text stood in its input, and this one is behind it: attach and look')};
      seenAt ??= clock.now();
      if (restMs >= settleMs || clock.now() - seenAt >= mostSettleMs) return {box};
    } else if (tellsItself && restMs >= unseenMs && rows.join('\n') !== first) return {box: undefined};
    return undefined;
  });
}

/** From Enter on, until it is known what became of the text. */
async function taken(desk: Desk, clock: Clock, box: InputBox | undefined): Promise<Outcome> {
  const enteredAt = clock.now();
  const before = desk.verdict;
  let again = false;
  let goneAt: number | undefined;
  const press = () => {
    desk.write(enterKey);
    faultPoint('prompt.entered');
  };
  press();
  const outcome = await firstAnswer<Outcome>(desk, clock, takenMs, () => {
    const {rows, verdict, typedAt, end} = desk;
    if (end === 'lost') return {state: 'lost'};
    if (end === 'stopped') return failed('the session was stopped before anything told that it was taken');
    if (end) return {state: 'delivered', detail: 'the agent ended at it'};
    const reaction = reactionOf(before, verdict);
    if (reaction !== undefined) return {state: 'delivered', detail: reaction};
    if (!box) return undefined;
    if (!stillInInput(box, rows)) {
      goneAt ??= clock.now();
      const leftMs = isEmptyAgain(box, rows) ? wholeMs : drawnMs;
      if (clock.now() - goneAt >= leftMs) return {state: 'delivered', detail: 'its text left the input'};
      return undefined;
    }
    goneAt = undefined;
    const mayPress = verdict.status !== 'waiting' && typedAt <= enteredAt;
    if (!again && mayPress && clock.now() - enteredAt >= secondEnterMs) {
      again = true;
      press();
    }
    return undefined;
  });
  if (outcome) return outcome;
  return failed(
    box
      ? 'the agent did not take it: its text is in the input; attach and press Enter, or clear it'
      : `nothing tells whether the agent took it: ${inBox}`,
  );
}

/** Types one prompt: once, whatever comes of it. The caller has made sure that the agent can take it now. */
export async function deliver(desk: Desk, clock: Clock, text: string): Promise<Outcome> {
  const before = desk.rows;
  desk.write(typedBytes(text, desk.bracketedPaste));
  faultPoint('prompt.typed');
  const arrival = await arrived(desk, clock, before, text);
  if (!arrival) return failed(`it did not show in the agent’s input: attach and look whether it has one`);
  // No turn of the event loop lies between the last look at the status and Enter.
  return 'outcome' in arrival ? arrival.outcome : taken(desk, clock, arrival.box);
}

/** Of one that was being typed when everything broke off: whether the agent shows that it has it. */
export async function hasTaken(desk: Desk, clock: Clock): Promise<string | undefined> {
  const busy: readonly Status[] = ['thinking', 'working', 'waiting'];
  const told = await firstAnswer(desk, clock, 1500, () => {
    const {status, source, rule} = desk.verdict;
    if (desk.end) return {detail: undefined};
    const says = source !== 'activity' && source !== 'none' && busy.includes(status);
    return says ? {detail: `the agent is ${status}: ${rule}`} : undefined;
  });
  return told?.detail;
}
