import type {FileChange} from '../sessions/port.ts';
import type {Context} from './context.ts';
import type {Follower} from './followers.ts';
import {inView} from './in-view.ts';
import {type FilePatch, notePatch, parsePatch} from './models/diff.ts';
import {type DiffState, fileInView, newDiff, placeOf, withChanges, withPatch} from './models/diff-place.ts';
import {diffHeight} from './models/navigate.ts';
import {noticeOf} from './models/notices.ts';
import type {State} from './state.ts';

/** What is here sooner is not announced. */
const lateMs = 200;
/** Of one file's diff so many characters are read. */
const mostPatchText = 4 * 2 ** 20;

const withDiff = (state: State, id: string, change: (diff: DiffState) => DiffState): State => {
  if (state.diff?.id !== id) return state;
  const diff = change(state.diff);
  return diff === state.diff ? state : {...state, diff};
};

/** Of the session before, where one was in its diff is kept. */
function withNewDiff(state: State, id: string): State {
  const place = state.diff && placeOf(state.diff);
  const diffPlaces = state.diff && place ? new Map(state.diffPlaces).set(state.diff.id, place) : state.diffPlaces;
  return {...state, diffPlaces, diff: newDiff(id, diffPlaces.get(id))};
}

/** What follows the diff tab: the list of changes, and the diff of the file in view and of the one after it. */
export function diffFollowers({port, store, clock}: Context): readonly Follower[] {
  /** Says that it takes long; the returned function calls that off. */
  const sayLate = (id: string) =>
    clock.after(lateMs, () => store.soon(state => withDiff(state, id, diff => ({...diff, late: true}))));

  const list: Follower = {
    key: state => inView(state, 'diff')?.phase,
    async run(id, _state, signal) {
      store.soon(state => (state.diff?.id === id ? state : withNewDiff(state, id)));
      const cancel = sayLate(id);
      signal.addEventListener('abort', cancel, {once: true});
      try {
        for await (const changes of port.watchChanges(id, signal)) {
          if (signal.aborted) return;
          cancel();
          store.soon(state => withDiff(state, id, diff => withChanges(diff, changes)));
        }
      } finally {
        cancel();
      }
    },
  };

  const read = async (id: string, file: FileChange, version: string, signal: AbortSignal): Promise<FilePatch> => {
    try {
      const pieces: string[] = [];
      let size = 0;
      for await (const piece of port.patch(id, {paths: [file.path], version}, signal)) {
        pieces.push(piece);
        size += piece.length;
        if (size > mostPatchText) break;
      }
      return parsePatch(pieces.join('').slice(0, mostPatchText), file, version, size > mostPatchText);
    } catch (error) {
      // The other files can still be read: it is said in this one's place.
      return notePatch(version, noticeOf(error).text);
    }
  };
  const fetch = async (id: string, file: FileChange | undefined, version: string, signal: AbortSignal) => {
    const {diff} = store.current();
    if (!file || diff?.id !== id || diff.patches.get(file.path)?.version === version) return;
    const cancel = sayLate(id);
    const patch = await read(id, file, version, signal).finally(cancel);
    if (signal.aborted) return;
    store.soon(state => withDiff(state, id, now => withPatch(now, file.path, patch, diffHeight(state))));
  };
  /** Resolves when another list is known than the one of this version, and at the signal. */
  const newer = (version: string, signal: AbortSignal) =>
    new Promise<void>(resolve => {
      const done = () => {
        stop();
        signal.removeEventListener('abort', done);
        resolve();
      };
      // Not of what is drawn, which may be behind: that would be told again at once, and again.
      const isNewer = () => store.current().diff?.changes?.version !== version;
      const stop = store.drawn.subscribe(() => isNewer() && done());
      signal.addEventListener('abort', done);
      if (signal.aborted || isNewer()) done();
    });

  const patch: Follower = {
    key(state) {
      const session = inView(state, 'diff');
      const {diff} = state;
      return session && diff?.id === session.id ? fileInView(diff)?.path : undefined;
    },
    async run(id, _state, signal) {
      // An agent that writes all the time does not keep its diff from being read: what was begun is finished first.
      while (!signal.aborted) {
        const {diff} = store.current();
        const changes = diff?.id === id ? diff.changes : undefined;
        if (!diff || !changes) return;
        await fetch(id, changes.files[diff.at], changes.version, signal);
        if (!signal.aborted) await fetch(id, changes.files[diff.at + 1], changes.version, signal);
        if (!signal.aborted) await newer(changes.version, signal);
      }
    },
  };
  return [list, patch];
}
