import {watch} from 'node:fs';
import path from 'node:path';
import type {Store} from './store.ts';

/** Calls after another process wrote to the store. The returned function ends it. Never keeps the process alive. */
export function watchStore(store: Store, onChange: () => void): () => void {
  if (!store.file) return () => {};
  let seen = store.version();
  const log = `${path.basename(store.file)}-wal`;
  const watcher = watch(path.dirname(store.file), {persistent: false}, (_event, name) => {
    // Some systems do not say which file it was.
    if (name !== null && name !== log) return;
    let now: number;
    try {
      now = store.version();
    } catch {
      // Whoever asks next is told what is wrong with it.
      return;
    }
    if (now === seen) return;
    seen = now;
    onChange();
  });
  // Without it others' changes are seen later, at the next one of ours.
  watcher.on('error', () => watcher.close());
  return () => watcher.close();
}
