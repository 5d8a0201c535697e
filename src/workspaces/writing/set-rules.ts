import {directoriesOf, type FileWrite, type PathReason} from './file-write.ts';
import {foldedPath, pathRefusal} from './path-rules.ts';

/** The name a path has in tables of them: one for all that are the same file. */
export type PathKey = (path: string) => string;
export const pathKey = (foldsCase: boolean): PathKey => (foldsCase ? foldedPath : path => path);

/** Those that are never written for what they are called, alone or beside each other; and the rest. */
export function sortOut(
  writes: readonly FileWrite[],
  key: PathKey,
): {readonly allowed: readonly FileWrite[]; readonly refused: readonly PathReason[]} {
  const count = new Map<string, number>();
  for (const {path} of writes) count.set(key(path), (count.get(key(path)) ?? 0) + 1);
  const files = new Set(writes.filter(write => write.new).map(write => key(write.path)));
  const why = (write: FileWrite): string | undefined => {
    const refusal = pathRefusal(write.path, write.new?.mode === '120000');
    if (refusal) return refusal;
    if (count.get(key(write.path))! > 1) return 'another one has the same name, or differs from it only in case';
    if (write.new && directoriesOf(write.path).some(directory => files.has(key(directory))))
      return 'one of its directories is to be a file';
    return undefined;
  };
  const judged = writes.map(write => ({write, why: why(write)}));
  return {
    allowed: judged.filter(({why}) => why === undefined).map(({write}) => write),
    refused: judged.flatMap(({write, why}) => (why === undefined ? [] : [{path: write.path, why}])),
  };
}
