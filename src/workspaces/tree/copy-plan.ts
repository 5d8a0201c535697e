import {setImmediate as otherWork} from 'node:timers/promises';
import type {RawName} from '../../lib/beneath.ts';
import type {IgnoreRules} from './ignore-rules.ts';
import {keepsNothing, type WalkLimits, walkSteps} from './tree-walk.ts';

export interface LeftOut {
  readonly path: RawName;
  /** In words for a person. */
  readonly why: string;
}

/** A directory and what of it is to be copied; its directories are told by themselves, later. */
export interface PlannedDirectory {
  readonly path: RawName;
  readonly files: readonly {readonly name: RawName; readonly kind: 'file' | 'link'; readonly size: number}[];
}

/** What a copy of a tree consists of, as it was when it was looked at. */
export interface CopyPlan {
  readonly source: string;
  readonly directories: readonly PlannedDirectory[];
  readonly leftOut: readonly LeftOut[];
  readonly files: number;
  readonly bytes: number;
  /** False when there is more than it has looked at. */
  readonly complete: boolean;
}

export interface CopyPlanOptions {
  readonly rules?: IgnoreRules;
  /** Directories that are no part of it, wherever they are: those in which Trails keeps its sessions. Real paths. */
  readonly except?: readonly string[];
  readonly most?: WalkLimits;
  readonly signal?: AbortSignal;
}

const usual: WalkLimits = {entries: 2_000_000, depth: 500};
/** Milliseconds; what else goes on waits no longer than this and one directory. */
const turn = 8;

/** Looks at everything a copy of this directory would take. Its path is a real one. Rejects with the signal's reason. */
export async function planCopy(source: string, options: CopyPlanOptions = {}): Promise<CopyPlan> {
  const directories: {path: RawName; files: PlannedDirectory['files'][number][]}[] = [];
  const leftOut: LeftOut[] = [];
  const except = new Set(options.except?.map(each => Buffer.from(each).toString('latin1')));
  const root = Buffer.from(source).toString('latin1');
  let files = 0;
  let bytes = 0;
  const steps = walkSteps(
    source,
    {
      rules: options.rules,
      keeps: keepsNothing,
      most: options.most ?? usual,
      gitDirectories: true,
      bars: path => {
        if (except.has(path === '' ? root : `${root}/${path}`)) return 'the place where Trails keeps its sessions';
        directories.push({path, files: []});
        return undefined;
      },
    },
    ({path, kind, size}) => {
      directories.at(-1)!.files.push({name: path.slice(path.lastIndexOf('/') + 1), kind, size});
      files++;
      bytes += kind === 'file' ? size : 0;
    },
    (path, why) => leftOut.push({path, why}),
  );
  for (let until = performance.now() + turn; ; ) {
    const step = steps.next();
    if (step.done) return {source, directories, leftOut, files, bytes, complete: step.value};
    if (performance.now() < until) continue;
    await otherWork();
    options.signal?.throwIfAborted();
    until = performance.now() + turn;
  }
}
