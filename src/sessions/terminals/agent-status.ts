import {createDetector, type Detector} from '../../agents/status/detector.ts';
import type {StatusRules} from '../../agents/status/rules.ts';
import {cleanText} from '../../terminal/clean-text.ts';
import type {Emulator} from '../../terminal/emulator.ts';
import {type Context, exchangeDirectory} from '../context.ts';
import type {SessionRecord} from '../record.ts';
import {followHookLines, type HookLines} from './hook-lines.ts';
import {createUnseen} from './unseen.ts';

export interface AgentStatusOptions {
  readonly context: Context;
  readonly record: SessionRecord;
  readonly rules: StatusRules;
  readonly emulator: Emulator;
  /** Somebody has the terminal before them. */
  readonly watched: () => boolean;
  readonly onStatus: () => void;
  /** The agent calls its conversation by this name now. */
  readonly onConversation?: ((name: string) => void) | undefined;
}

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
  const {context, record, rules, emulator, watched, onStatus, onConversation} = options;
  const {clock, paths} = context;
  const unseen = createUnseen();
  let live = false;
  let hookLines: HookLines | undefined;
  let conversation = '';
  const detector = createDetector({
    ...{clock, rules, clean: cleanText},
    look: () => ({rows: emulator.text(), drawing: emulator.drawing, colours: emulator.colours}),
    onChange() {
      // What is read again of the time before the opening happened then.
      if (live) unseen.note(detector.verdict.status, watched());
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
    if (detector.conversation === conversation) return;
    conversation = detector.conversation;
    if (conversation !== '') onConversation?.(conversation);
  };
  return {
    detector,
    get unseen() {
      return unseen.unseen;
    },
    seen() {
      if (unseen.seen()) onStatus();
    },
    restart() {
      detector.container('running');
      hookLines?.restart();
    },
    caughtUp(printed) {
      if (printed) detector.replayed();
      live = true;
      unseen.note(detector.verdict.status, watched());
      hookLines = followHookLines({directory: exchangeDirectory(paths, record.id), clock, onLine: hook});
    },
    close() {
      hookLines?.close();
      detector.dispose();
    },
  };
}
