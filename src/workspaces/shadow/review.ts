import {readFileSync} from 'node:fs';
import {nameText} from '../../lib/beneath.ts';
import {type Places, shadowRefs} from '../places.ts';
import {openThread} from '../threads/threads.ts';
import type {Ignored} from '../tree/ignored.ts';
import type {DiffFile} from './diff-files.ts';
import {ourGit} from './git.ts';
import {giveObjects} from './give-objects.ts';
import type {Snapshot, SnapshotPlaces} from './snapshot.ts';

/** What a look found, with names and contents as git has them. */
export interface Look extends Snapshot {
  /** Lines. */
  readonly added: number;
  readonly removed: number;
}

export interface PatchOptions {
  /** Of these files only, by their names as text. */
  readonly paths: readonly string[] | undefined;
  /** Of this look, as long as that is known; otherwise of the last one. */
  readonly commit: string | undefined;
}

/** The changes of one workspace. */
export interface Review {
  /** Looks now; those who ask while one look is under way share the next. Throws WORKSPACE_UNREADABLE. */
  look(): Promise<Look>;
  readonly last: Look | undefined;
  /** The commit that a look compares with now. */
  from(): Promise<string>;
  /** A unified diff of what was looked at. */
  patch(options: PatchOptions, signal: AbortSignal): AsyncIterable<string>;
  /** Keeps what was looked at in the shadow. */
  keep(commit: string): Promise<void>;
  /** From now on only what is different from this commit of the shadow is a change. */
  begin(commit: string): Promise<void>;
  /** Somebody else said so to the shadow. */
  restart(): void;
  /** What is in no look because it is ignored. */
  ignored(): Promise<readonly Ignored[]>;
  /** Lets go of its thread, which is started again when it is needed. False while that is in the middle of something. */
  rest(): boolean;
  /** Ends what is under way. */
  close(): void;
}

/** Of one look: the first one of a large workspace reads everything that is different. */
const patienceMs = 60_000;

const sum = (files: readonly DiffFile[], of: 'added' | 'removed'): number =>
  files.reduce((total, file) => total + file[of], 0);

/** The parts of a workspace as a thread needs them. */
export const threadPlaces = (workspace: string, places: Places): SnapshotPlaces => ({
  ...{workspace, shadow: places.shadow, seen: places.seen, table: places.table},
  excludes: readFileSync(places.excludes, 'latin1'),
});

const isText = (file: DiffFile): boolean => !nameText(file.raw + (file.rawFrom ?? '')).includes('\ufffd');

const asText = ['--no-color', '--no-ext-diff', '--no-textconv', '-M', '-l400', '--src-prefix=a/', '--dst-prefix=b/'];

/** Reviews the files of `workspace`; the host's own parts are at `places`. */
export function openReview(workspace: string, places: Places): Review {
  const thread = openThread();
  const shadow = ourGit(places.shadow);
  const seen = ourGit(places.seen);
  let from: Promise<string> | undefined;
  let last: Look | undefined;
  let running: Promise<Look> | undefined;
  let next: Promise<Look> | undefined;

  const start = () => {
    from ??= shadow
      .run(['rev-parse', '--verify', '-q', `${shadowRefs.applied}^{commit}`])
      .catch(() => shadow.run(['rev-parse', '--verify', '-q', `${shadowRefs.made}^{commit}`]))
      .then(printed => printed.trim());
    return from;
  };
  const lookNow = async (): Promise<Look> => {
    const ask = {places: threadPlaces(workspace, places), from: await start()};
    const snapshot = await thread.call('take', ask, {timeoutMs: patienceMs});
    const {files} = snapshot;
    last = {...snapshot, added: sum(files, 'added'), removed: sum(files, 'removed')};
    return last;
  };
  const begin = (): Promise<Look> => {
    const one = lookNow();
    running = one;
    const done = () => {
      if (running === one) running = undefined;
    };
    one.then(done, done);
    return one;
  };

  return {
    look() {
      if (!running) return begin();
      next ??= running
        .catch(() => {})
        .then(() => {
          next = undefined;
          return begin();
        });
      return next;
    },
    from: start,
    get last() {
      return last;
    },
    async *patch({paths, commit}, signal) {
      const known =
        commit &&
        (await seen.run(['cat-file', '-e', `${commit}^{commit}`]).then(
          () => true,
          () => false,
        ));
      const to = known ? commit : (last ?? (await this.look())).commit;
      const wanted = paths && new Set(paths);
      const files = (last?.files ?? []).filter(({raw}) => wanted?.has(nameText(raw)));
      const names = files
        .filter(isText)
        .flatMap(({raw, rawFrom}) => [nameText(raw), rawFrom === null ? [] : nameText(rawFrom)].flat());
      const decoder = new TextDecoder();
      if (!wanted || names.length > 0) {
        const range = ['diff-tree', '-p', '-r', ...asText, await start(), to, '--', ...names];
        for await (const bytes of seen.stream(['--literal-pathspecs', ...range], signal))
          yield decoder.decode(bytes, {stream: true});
      }
      // A name that is no text cannot be asked for.
      for (const {raw, oldId, newId} of wanted ? files.filter(file => !isText(file)) : []) {
        yield `diff --git a/${nameText(raw)} b/${nameText(raw)}\n`;
        const empty = (await seen.run(['hash-object', '-w', '-t', 'blob', '/dev/null'])).trim();
        for await (const bytes of seen.stream(['diff', ...asText, oldId ?? empty, newId ?? empty], signal))
          yield decoder.decode(bytes, {stream: true});
      }
    },
    async keep(commit) {
      giveObjects(places.seen, places.shadow);
      await shadow.run(['update-ref', shadowRefs.looked, commit]);
    },
    async begin(commit) {
      await shadow.run(['update-ref', shadowRefs.applied, commit]);
      from = undefined;
    },
    restart() {
      from = undefined;
    },
    ignored: () => thread.call('ignored', {places: threadPlaces(workspace, places)}, {timeoutMs: patienceMs}),
    rest: thread.rest,
    close: thread.close,
  };
}
