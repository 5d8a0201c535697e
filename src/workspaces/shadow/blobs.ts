import type {Git} from './git.ts';

export interface Blobs {
  /** The bytes of a blob. One at a time. Throws for one that is not there. */
  content(id: string): Promise<Uint8Array>;
  close(): void;
}

/** Reads blobs of a repository of ours, all of them through one process. */
export function openBlobs(git: Git): Blobs {
  const reader = git.converse(['cat-file', '--batch']);
  let before: Promise<unknown> = Promise.resolve();
  const read = async (id: string): Promise<Uint8Array> => {
    reader.say(`${id}\n`);
    const [, kind, size] = (await reader.line()).split(' ');
    if (kind !== 'blob') throw new Error(`${id} is no blob`);
    const bytes = await reader.bytes(Number(size));
    await reader.bytes(1);
    return bytes;
  };
  return {
    content(id) {
      const next = before.then(() => read(id));
      before = next.catch(() => {});
      return next;
    },
    close: reader.close,
  };
}
