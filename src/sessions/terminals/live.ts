import type {Detector} from '../../agents/status/detector.ts';
import {AppError} from '../../errors.ts';
import {elapsed} from '../../lib/clock.ts';
import {usableSize} from '../../lib/size.ts';
import type {EnvironmentId, Provider, Size, TerminalEnd} from '../../providers/provider.ts';
import {createEmulator, type Emulator} from '../../terminal/emulator.ts';
import {createOutputGuard} from '../../terminal/guard.ts';
import {readJournal} from '../../terminal/journal.ts';
import {cutsOf, playback} from '../../terminal/restore.ts';
import {createChanges} from '../changes.ts';
import {type Context, journalFile} from '../context.ts';
import type {Attachment, AttachmentEnd, ScreenFrame} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import {runsAgent} from '../setup/setup-state.ts';
import {createAgentStatus, type Memory} from './agent-status.ts';
import {createHands, type Hands} from './hands.ts';
import {createPace} from './pace.ts';
import {createSizing} from './sizing.ts';
import {createViewers} from './viewers.ts';

const defaultSize: Size = {columns: 80, rows: 24};
/** How long a viewer's first picture waits for the output that came before its resize. */
const layoutPatienceMs = 500;

/** So long after its start an agent may still wait for the answers to its first questions. */
const youngMs = 2000;

/** One session's terminal: the stream, the emulator it feeds, the status read from it, and who looks at it. */
export interface Live {
  readonly emulator: Emulator;
  readonly detector: Detector;
  /** It came to an end, a question or an error, and nobody has looked since. */
  readonly unseen: boolean;
  /** Somebody has looked at it. */
  seen(): void;
  /** The screen changed, or the terminal ended. */
  listen(listener: () => void): () => void;
  /** What was recorded before the opening is on the screen. */
  readonly caughtUp: Promise<void>;
  frame(scrolled: number): ScreenFrame;
  attach(size: Size): Promise<Attachment>;
  /** Of those who are attached. */
  readonly hands: Hands;
  /** Somebody is. */
  readonly watched: boolean;
  /** When it printed last, was opened, or somebody left it. */
  readonly activeAt: number;
  /** Types this, as one write. */
  write(bytes: Uint8Array): void;
  /** How the terminal ended, if it has. */
  readonly end: TerminalEnd | undefined;
  close(): void;
}

export interface LiveOptions {
  readonly context: Context;
  readonly provider: Provider;
  readonly record: SessionRecord & {readonly environment: EnvironmentId};
  readonly onStatus: () => void;
  /** What the next one who follows this run has to know is this now. */
  readonly onMemory?: (memory: Memory) => void;
}

export async function openLive({context, provider, record, onStatus, onMemory}: LiveOptions): Promise<Live> {
  const {clock, paths, log} = context;
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
  const agents = await context.agents({orLast: true});
  const status = createAgentStatus({
    ...{context, record, emulator, onStatus, onMemory},
    rules: agents.orShell(runsAgent(record) ? record.agent : 'shell').status,
    watched: () => viewers.present,
  });
  const {detector} = status;
  const lifetime = new AbortController();
  let printed = false;
  let activeAt = clock.now();
  /** A viewer's own terminal answers what is asked of a terminal. */
  let answered = false;
  let live = false;
  // An agent asks in its first moments, when nobody may look yet; what an older run asked was answered or given up long ago.
  const young = record.phase === 'running' && clock.now() - record.phaseSince < youngMs;
  let runsLeft = young ? journal.filter(entry => entry.spawn).length : Number.POSITIVE_INFINITY;
  let position = 0;
  const progress = createChanges();
  let ended: {readonly how: TerminalEnd; readonly told: AttachmentEnd} | undefined;

  const hands = createHands({clock, rows: () => emulator.text(), status: () => detector.verdict.status});
  const pace = createPace(clock, stream, () => !lifetime.signal.aborted);
  const viewers = createViewers({
    ...{screen: emulator, clock, size: emulator.size, onTyped: hands.typed},
    write: bytes => stream.write(bytes),
    resize: next => resize(next),
    onHungry: pace.goOn,
    // In the order of the output: what comes before is still answered here, what comes behind there.
    onAnswered: outside =>
      emulator.whenParsed(() => {
        answered = outside;
      }),
  });
  let laidOut = emulator.size;
  const follower = {
    ...{write: emulator.write, reset: emulator.reset},
    resize(next: Size) {
      emulator.resize(next);
      laidOut = usableSize(next);
    },
  };
  const player = playback(follower, journal, () => {
    printed = false;
    // What an earlier run said of itself is not the new one's; its last words may not be parsed yet.
    emulator.whenParsed(() => {
      runsLeft -= 1;
      status.restart();
    });
  });
  viewers.laidOut(laidOut);
  const sizing = createSizing({
    ...{file, journal, initial: defaultSize, tell: size => stream.resize(size)},
    onUnwritten: error =>
      log.warn('a size of a terminal is not written down', {session: record.id, why: (error as Error).message}),
    onEntry(entry) {
      player.add(entry);
      viewers.laidOut(laidOut);
      changes.tell();
    },
  });

  emulator.onAnswer((text, question) => {
    // Nobody but us answers what is asked of Trails.
    if (!(live || runsLeft === 0) || ended || (question === 'terminal' && answered)) return;
    stream.write(Buffer.from(text));
  });
  emulator.onChange(() => {
    changes.tell();
    viewers.changed();
  });
  stream.onData((bytes, end) => {
    printed = true;
    activeAt = clock.now();
    player.feed(bytes, end);
    position = end;
    progress.tell();
    if (live) detector.output();
    viewers.push(guard.feed(bytes));
    viewers.laidOut(laidOut);
    if (viewers.crowded) pace.hold();
  });

  const caughtUp = Promise.race([stream.caughtUp, stream.closed]).then(async () => {
    await emulator.settled();
    if (lifetime.signal.aborted) return;
    live = true;
    status.caughtUp(printed);
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
    if (lifetime.signal.aborted) return;
    ended = {how, told};
    progress.tell();
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
  };

  return {
    emulator,
    detector,
    hands,
    caughtUp,
    write(bytes) {
      if (!ended) stream.write(bytes);
    },
    listen: changes.listen,
    get watched() {
      return viewers.present;
    },
    get activeAt() {
      return activeAt;
    },
    get unseen() {
      return status.unseen;
    },
    seen: status.seen,
    get end() {
      return ended?.how;
    },
    async attach(wanted) {
      await caughtUp;
      await resize(wanted);
      if (lifetime.signal.aborted) throw new AppError('SESSION_UNKNOWN', `${record.name} was removed meanwhile`);
      const attachment = viewers.add(wanted);
      status.seen();
      const left = () => {
        activeAt = clock.now();
      };
      attachment.closed.then(left, left);
      // The last picture is for whoever came too late.
      if (ended) emulator.whenParsed(() => viewers.end(ended?.told ?? {reason: 'detached'}));
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
      lifetime.abort();
      ended ??= {how: 'detached', told: {reason: 'detached'}};
      viewers.end(ended.told);
      progress.tell();
      stream.close();
      status.close();
      emulator.dispose();
      changes.tell();
    },
  };
}
