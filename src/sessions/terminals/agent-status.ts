import {createDetector, type Detector} from '../../agents/status/detector.ts';
import type {StatusRules} from '../../agents/status/rules.ts';
import {nowAndThen} from '../../lib/now-and-then.ts';
import {cleanText} from '../../terminal/clean-text.ts';
import type {Emulator} from '../../terminal/emulator.ts';
import {type Context, exchangeDirectory} from '../context.ts';
import type {Attention, SessionRecord} from '../record.ts';
import {followHookLines, type HookLines} from './hook-lines.ts';
import {createUnseen} from './unseen.ts';

export interface AgentStatusOptions {
  readonly context: Pick<Context, 'clock' | 'paths'>;
  readonly record: Pick<SessionRecord, 'id' | 'attention' | 'conversation'>;
  readonly rules: StatusRules;
  readonly emulator: Emulator;
  /** Somebody has the terminal before them. */
  readonly watched: () => boolean;
  readonly onStatus: () => void;
  /** What the next one who follows this run has to know is this now. */
  readonly onMemory?: ((memory: Memory) => void) | undefined;
}

/** What is kept of a run beside its output and its hooks' lines: these go on without us, and may be cut. */
export interface Memory {
  /** The agent's name of its conversation; "" while it is not known. */
  readonly conversation: string;
  readonly attention: Attention;
}

/** An agent may turn round as often as it likes; the disk is not written for each time. */
const memoryMs = 1000;

/** The status of one session's agent, read from its terminal and from what its hooks write. */
export interface AgentStatus {
  readonly detector: Detector;
  /** It came to an end, a question or an error, and nobody has looked since. */
  readonly unseen: boolean;
  seen(): void;
  /** A new run begins: what was read so far is of the one before. */
  restart(): void;
  /** What was recorded before the opening is read; `printed`: that was something. */
  caughtUp(printed: boolean): void;
  close(): void;
}

export function createAgentStatus(options: AgentStatusOptions): AgentStatus {
  const {context, record, rules, emulator, watched, onStatus, onMemory} = options;
  const {clock, paths} = context;
  const unseen = createUnseen(record.attention);
  let live = false;
  let hookLines: HookLines | undefined;
  let told: Memory = {conversation: record.conversation, attention: record.attention};
  const keep = () => {
    const {attention} = unseen;
    const conversation = detector.conversation || told.conversation;
    if (conversation === told.conversation && attention === told.attention) return;
    told = {conversation, attention};
    onMemory?.(told);
  };
  const keeping = nowAndThen(clock, memoryMs, keep);
  const note = () => {
    unseen.note(detector.verdict.status, watched());
    keeping.ask();
  };
  const detector = createDetector({
    ...{clock, rules, clean: cleanText},
    look: () => ({rows: emulator.text(), drawing: emulator.drawing, colour: emulator.colour}),
    onChange() {
      // What is read again of the time before the opening happened then.
      if (live) note();
      onStatus();
    },
  });
  emulator.onSignal(signal => {
    if (signal.type === 'osc7501') detector.osc7501(signal.payload);
    if (signal.type === 'reset') detector.reset();
    if (signal.type === 'title') detector.title(signal.title);
  });
  emulator.onChange(detector.screenChanged);
  const hook = (line: string) => {
    detector.hook(line);
    keeping.ask();
  };
  return {
    detector,
    get unseen() {
      return unseen.unseen;
    },
    seen() {
      if (!unseen.seen()) return;
      // A person's doing is kept at once.
      keep();
      onStatus();
    },
    restart() {
      detector.container('running');
      hookLines?.restart();
    },
    caughtUp(printed) {
      if (printed) detector.replayed();
      // What they told before the opening was news then.
      hookLines = followHookLines({directory: exchangeDirectory(paths, record.id), clock, onLine: hook});
      live = true;
      note();
    },
    close() {
      hookLines?.close();
      keeping.close();
      detector.dispose();
    },
  };
}
