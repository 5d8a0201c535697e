import {AppError} from '../../errors.ts';
import {nameText} from '../../lib/beneath.ts';
import {type LeftOut, planCopy} from './copy-plan.ts';
import {copyTree} from './copy-tree.ts';
import {ignoreRules} from './ignore-rules.ts';

export interface CopyRequest {
  readonly source: string;
  /** Made by it. */
  readonly target: string;
  /** A directory that is never copied: our own state. */
  readonly never: string;
  /** More than 2 GB, too. */
  readonly big: boolean;
  readonly onStep: (step: string, fraction?: number) => void;
  readonly signal: AbortSignal;
}

const mostBytes = 2 * 2 ** 30;
/** A step is told so often at most: each goes over the wire. */
const stepsTold = 50;

const counted = (count: number): string => count.toLocaleString('en-US');
const megabytes = (bytes: number): string => `${counted(Math.ceil(bytes / 2 ** 20))} MB`;

/**
 * Copies a directory of the user's, without what .gitignore and .trailsignore files name. Throws TOO_BIG, STATE_UNUSABLE; answers with
 * what was left out besides.
 */
export async function copyDirectory(request: CopyRequest): Promise<readonly {path: string; why: string}[]> {
  const {source, target, never, big, onStep, signal} = request;
  onStep('counting its files');
  const plan = await planCopy(source, {rules: ignoreRules(), except: [never], signal});
  if (plan.bytes > mostBytes && !big)
    throw new AppError('TOO_BIG', `${source} has ${megabytes(plan.bytes)} in ${counted(plan.files)} files to copy`);
  let told = 0;
  const {leftOut} = await copyTree(plan, target, {
    signal,
    onProgress({files, bytes, allFiles, allBytes}) {
      const fraction = allBytes > 0 ? bytes / allBytes : files / Math.max(1, allFiles);
      const now = Math.floor(fraction * stepsTold);
      if (now === told) return;
      told = now;
      onStep(
        `copying: ${counted(files)} of ${counted(allFiles)} files, ${megabytes(bytes)} of ${megabytes(allBytes)}`,
        fraction,
      );
    },
  });
  return leftOut.map(({path, why}: LeftOut) => ({path: nameText(path), why}));
}
