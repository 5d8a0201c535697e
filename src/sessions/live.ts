import {createDetector, type Detector} from '../agents/status/detector.ts';
import {elapsed} from '../lib/clock.ts';
import type {EnvironmentId, Provider, Size, TerminalEnd} from '../providers/provider.ts';
import {cleanText} from '../terminal/clean-text.ts';
import {createEmulator, type Emulator} from '../terminal/emulator.ts';
import {createOutputGuard} from '../terminal/guard.ts';
import {readJournal} from '../terminal/journal.ts';
import {cutsOf, playback} from '../terminal/restore.ts';
import {createChanges} from './changes.ts';
import {type Context, journalFile} from './context.ts';
import {leaseOf} from './lease.ts';
import type {Attachment, AttachmentEnd, ScreenFrame} from './port.ts';
import type {SessionRecord} from './record.ts';
import {createSizing} from './sizing.ts';
import {createViewers} from './viewers.ts';

const defaultSize: Size = {columns: 80, rows: 24};
/** How long a viewer's first picture waits for the output that came before its resize. */
const layoutPatienceMs = 500;

/** One session's terminal in this process: the stream, the emulator it feeds, the status read from it, and who looks at it. */
export interface Live {
  readonly emulator: Emulator;
  readonly detector: Detector;
  /** The screen changed, or the terminal ended. */
  listen(listener: () => void): () => void;
  /** What was recorded before the opening is on the screen. */
  readonly caughtUp: Promise<void>;
  frame(scrolled: number): ScreenFrame;
  attach(size: Size): Promise<Attachment>;
  /** Hears of what other processes did to the terminal's size. */
  refresh(): void;
  /** How the terminal ended, if it has. */
  readonly end: TerminalEnd | undefined;
  close(): void;
}

export interface LiveOptions {
  readonly context: Context;
  readonly provider: Provider;
  readonly record: SessionRecord & {readonly environment: EnvironmentId};
  /** Answer the agent's queries while nobody is attached. Only a process that stays should. */
  readonly answers: boolean;
  readonly onStatus: () => void;
}

export async function openLive({context, provider, record, answers, onStatus}: LiveOptions): Promise<Live> {
  const {store, clock, paths, worker} = context;
  const file = journalFile(paths, record.id);
  const journal = readJournal(file);
  const initial = journal[0] ?? defaultSize;
  const lastSize = journal.at(-1) ?? initial;
  const stream = await provider.openTerminal(record.environment, {
    size: {columns: lastSize.columns, rows: lastSize.rows},
    from: 0,
    cuts: cutsOf(journal),
  });

  const emulator = createEmulator({size: {columns: initial.columns, rows: initial.rows}});
  const changes = createChanges();
  const guard = createOutputGuard();
  const lease = leaseOf(store, record.id, worker);
  const detector = createDetector({clock, clean: cleanText, onChange: onStatus});
  const lifetime = new AbortController();
  let printed = false;
  let live = false;
  let position = 0;
  const progress = createChanges();
  let ended: {readonly how: TerminalEnd; readonly told: AttachmentEnd} | undefined;

  const player = playback(emulator, journal, () => {
    printed = false;
    // What an earlier run said of itself is not the new one's; its last words may not be parsed yet.
    emulator.whenParsed(() => detector.container('running'));
  });
  const sizing = createSizing({
    ...{file, journal, initial: defaultSize, tell: size => stream.resize(size)},
    onEntry(entry) {
      player.add(entry);
      changes.tell();
    },
  });
  const viewers = createViewers(() => lease.release());

  emulator.onAnswer((text, question) => {
    // The viewer's own terminal answers what is asked of a terminal; nobody but us what is asked of Trails.
    if (!live || ended || (question === 'terminal' && viewers.size > 0)) return;
    if (lease.mine(answers)) stream.write(Buffer.from(text));
  });
  emulator.onSignal(signal => {
    if (signal.type === 'osc7501') detector.osc7501(signal.payload);
  });
  emulator.onChange(() => changes.tell());
  stream.onData((bytes, end) => {
    printed = true;
    player.feed(bytes, end);
    position = end;
    progress.tell();
    if (live) detector.output();
    viewers.push(guard.feed(bytes));
  });

  const caughtUp = Promise.race([stream.caughtUp, stream.closed]).then(async () => {
    await emulator.settled();
    if (lifetime.signal.aborted) return;
    live = true;
    if (printed) detector.replayed();
    changes.tell();
    onStatus();
  });
  // Whoever waits for it hears of it.
  caughtUp.catch(() => {});

  const toldOf = async (how: TerminalEnd): Promise<AttachmentEnd> => {
    if (how === 'detached') return {reason: 'detached'};
    if (how === 'lost') return {reason: 'lost', detail: `the connection to ${record.name}'s container broke`};
    // The engine knows the code before the row does.
    const now = await provider.getEnvironment(record.environment).catch(() => undefined);
    return {reason: 'exited', exitCode: now?.exitCode ?? record.exitCode};
  };
  void stream.closed.then(async how => {
    await emulator.settled();
    const told = await toldOf(how);
    ended = {how, told};
    progress.tell();
    if (lifetime.signal.aborted) return;
    if (told.reason === 'exited') detector.container('exited', told.exitCode);
    viewers.end(told);
    changes.tell();
    // Whoever follows this terminal looks whether a new run has begun.
    onStatus();
  });

  /** Until the output before a position is here: a picture taken earlier would be laid out for the size before. */
  const reach = async (wanted: number): Promise<void> => {
    const patience = new AbortController();
    let stop = () => {};
    const there = new Promise<void>(resolve => {
      const look = () => {
        if (position >= wanted || ended) resolve();
      };
      stop = progress.listen(look);
      look();
    });
    await Promise.race([there, elapsed(clock, layoutPatienceMs, patience.signal)]);
    patience.abort();
    stop();
  };
  const resize = async (next: Size): Promise<void> => {
    if (ended) return;
    const told = await sizing.resize(next);
    if (told === undefined) return;
    await reach(told);
    // Another process that follows this terminal looks into the journal when the store changes.
    if (viewers.size > 0 && !lifetime.signal.aborted) lease.take();
  };

  return {
    emulator,
    detector,
    caughtUp,
    listen: changes.listen,
    get end() {
      return ended?.how;
    },
    refresh() {
      if (ended) return;
      try {
        sizing.refresh();
      } catch {
        // Whoever attaches is told what is wrong with the journal.
      }
    },
    async attach(wanted) {
      await caughtUp;
      await resize(wanted);
      const attachment = viewers.add({
        ...{whenParsed: emulator.whenParsed, paint: emulator.paint, write: bytes => stream.write(bytes)},
        resize: next => void resize(next).catch(() => {}),
        ended: () => ended?.told,
      });
      // A viewer's own terminal answers from now on: no other process may.
      if (!ended) lease.take();
      return attachment;
    },
    frame(asked) {
      const scrolled = Math.max(0, Math.min(asked, emulator.scrollback));
      return {
        size: emulator.size,
        lines: emulator.lines(scrolled),
        cursor: emulator.cursor,
        title: emulator.title,
        scrollback: emulator.scrollback,
        scrolled,
      };
    },
    close() {
      viewers.end({reason: 'detached'});
      lifetime.abort();
      stream.close();
      detector.dispose();
      emulator.dispose();
      changes.tell();
    },
  };
}
