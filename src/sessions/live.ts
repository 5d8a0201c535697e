import {createDetector, type Detector} from '../agents/status/detector.ts';
import {sameSize} from '../lib/size.ts';
import {isAlive} from '../lib/worker.ts';
import type {EnvironmentId, Provider, Size, TerminalEnd, TerminalStream} from '../providers/provider.ts';
import {cleanText} from '../terminal/clean-text.ts';
import {createEmulator, type Emulator} from '../terminal/emulator.ts';
import {createOutputGuard} from '../terminal/guard.ts';
import {appendJournal, readJournal} from '../terminal/journal.ts';
import {cutsOf, playback} from '../terminal/restore.ts';
import {createChanges} from './changes.ts';
import {type Context, journalFile} from './context.ts';
import type {Attachment, AttachmentEnd, ScreenFrame} from './port.ts';
import type {SessionRecord} from './record.ts';

export const defaultSize: Size = {columns: 80, rows: 24};

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
  readonly ended: boolean;
  close(): void;
}

interface Viewer {
  push(bytes: Uint8Array): void;
  end(end: AttachmentEnd): void;
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
  const first = journal[0];
  const emulator = createEmulator({size: first ? {columns: first.columns, rows: first.rows} : defaultSize});
  const player = playback(emulator, journal);
  const guard = createOutputGuard();
  const changes = createChanges();
  const viewers = new Set<Viewer>();
  const detector = createDetector({clock, clean: cleanText, onChange: onStatus});
  if (record.phase !== 'running') detector.container('exited', record.exitCode);
  let live = false;
  let printed = false;
  let ended = false;
  // The size its program was last told; after the journal's last entry until somebody attaches.
  const last = journal.at(-1);
  let size: Size = last ? {columns: last.columns, rows: last.rows} : defaultSize;

  const stream: TerminalStream = await provider.openTerminal(record.environment, {
    size,
    from: 0,
    cuts: cutsOf(journal),
  });

  /** A viewer's own terminal answers what it is asked; the status probe never reaches it. */
  const mayAnswer = (question: 'terminal' | 'status'): boolean => {
    if (!live || (viewers.size > 0 ? question !== 'status' : !answers)) return false;
    const holder = store.lease(record.id);
    if (holder === worker) return true;
    if (holder !== undefined && isAlive(holder)) return false;
    store.setLease(record.id, worker);
    return true;
  };
  emulator.onAnswer((text, question) => {
    if (mayAnswer(question)) stream.write(Buffer.from(text));
  });
  emulator.onSignal(signal => {
    if (signal.type === 'osc7501') detector.osc7501(signal.payload);
  });
  emulator.onChange(() => changes.tell());
  stream.onData((bytes, end) => {
    printed = true;
    player.feed(bytes, end);
    if (live) detector.output();
    const safe = guard.feed(bytes);
    for (const viewer of viewers) viewer.push(safe);
  });

  const caughtUp = stream.caughtUp.then(async () => {
    await emulator.settled();
    live = true;
    if (printed) detector.replayed();
    changes.tell();
    onStatus();
  });
  void stream.closed.then(async how => {
    await emulator.settled();
    ended = true;
    // The engine knows the code before the row does.
    const now = how === 'exited' ? await provider.getEnvironment(record.environment).catch(() => undefined) : undefined;
    const told: Record<TerminalEnd, AttachmentEnd> = {
      lost: {reason: 'lost', detail: `the connection to ${record.name}'s container broke`},
      exited: {reason: 'exited', exitCode: now?.exitCode ?? store.byId(record.id)?.exitCode ?? null},
      detached: {reason: 'detached'},
    };
    for (const viewer of [...viewers]) viewer.end(told[how]);
    changes.tell();
  });

  const resize = async (next: Size) => {
    if (sameSize(next, size) || ended) return;
    size = next;
    const at = await stream.resize(next);
    const entry = {at, ...next, spawn: false};
    appendJournal(file, entry);
    player.add(entry);
    changes.tell();
  };

  const attach = async (wanted: Size): Promise<Attachment> => {
    await caughtUp;
    await resize(wanted);
    let listener: ((bytes: Uint8Array) => void) | undefined;
    let waiting: Uint8Array[] | undefined = [];
    const early: Uint8Array[] = [];
    const deliver = (bytes: Uint8Array) => {
      if (bytes.length === 0) return;
      if (listener) listener(bytes);
      else early.push(bytes);
    };
    let end: (end: AttachmentEnd) => void = () => {};
    const closed = new Promise<AttachmentEnd>(resolve => {
      end = resolve;
    });
    const viewer: Viewer = {
      push: bytes => {
        if (waiting) waiting.push(bytes);
        else deliver(bytes);
      },
      end: told => {
        if (!viewers.delete(viewer)) return;
        if (viewers.size === 0 && store.lease(record.id) === worker) store.setLease(record.id, undefined);
        end(told);
      },
    };
    viewers.add(viewer);
    // A viewer's own terminal answers from now on: no other process may.
    if (!ended) store.setLease(record.id, worker);
    // The picture is taken when exactly the bytes before this moment are parsed; what came after it follows the picture.
    emulator.whenParsed(() => {
      deliver(Buffer.from(emulator.paint()));
      for (const bytes of waiting ?? []) deliver(bytes);
      waiting = undefined;
      if (ended) viewer.end({reason: 'exited', exitCode: store.byId(record.id)?.exitCode ?? null});
    });
    return {
      onOutput(next) {
        listener = next;
        for (const bytes of early.splice(0)) next(bytes);
      },
      write: bytes => stream.write(bytes),
      resize: next => void resize(next).catch(() => {}),
      detach: () => viewer.end({reason: 'detached'}),
      closed,
    };
  };

  return {
    emulator,
    detector,
    caughtUp,
    attach,
    listen: changes.listen,
    get ended() {
      return ended;
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
      for (const viewer of [...viewers]) viewer.end({reason: 'detached'});
      stream.close();
      detector.dispose();
      emulator.dispose();
    },
  };
}
