import {basename} from 'node:path';
import type {ApplyPlan, ApplyResult, FileChange, SessionView} from '../../sessions/port.ts';
import {plural} from './text.ts';
import {visible} from './visible.ts';

/** The question before an agent's work is brought to the user's files. */
export interface ApplyState {
  readonly session: Pick<SessionView, 'id' | 'name'>;
  /** Undefined until it is known. */
  readonly plan: ApplyPlan | undefined;
  /** One is on its way; the one shown is of the question before. */
  readonly planning: boolean;
  /** Those of the plan that will be written and stand under no other heading. */
  readonly files: readonly FileChange[];
  readonly problem: {readonly text: string; readonly hint: string} | undefined;
  /** Where both sides changed a file, the agent's is taken. */
  readonly theirs: boolean;
  /** Lines that are scrolled over. */
  readonly top: number;
}

export const newApply = (session: ApplyState['session']): ApplyState => ({
  ...{session, plan: undefined, planning: true, files: [], problem: undefined, theirs: false, top: 0},
});

/** Without those that are left out and, unless the agent's are taken, those that both sides changed. */
export const writtenOf = ({files, conflicts, refused}: ApplyPlan, theirs: boolean): readonly FileChange[] => {
  const not = new Set([...refused, ...(theirs ? [] : conflicts)].map(({path}) => path));
  return not.size === 0 ? files : files.filter(file => !not.has(file.path));
};

export const withPlan = (apply: ApplyState, plan: ApplyPlan): ApplyState => ({
  ...{...apply, plan, planning: false, files: writtenOf(plan, false), problem: undefined},
});

/** What gets the work, as a person calls it: main of shop, or the directory. */
export const targetOf = ({branch, target}: Pick<ApplyPlan, 'branch' | 'target'>): string => {
  const name = visible(basename(target) || target);
  return branch === null ? name : `${visible(branch)} of ${name}`;
};

export const isRefused = ({plan, theirs}: ApplyState): boolean =>
  plan?.how === 'merge' && plan.conflicts.length > 0 && !theirs;

/** Why it cannot be applied now; undefined when it can. */
export const applyProblem = (apply: ApplyState): string | undefined => {
  const {plan, planning, problem, theirs} = apply;
  if (problem) return problem.text;
  if (!plan || planning) return 'It is still being looked at what would change';
  if (plan.files.length === 0) return 'There is nothing to apply';
  if (isRefused(apply)) return "Both sides changed the same files: t takes the agent's";
  if (apply.files.length > 0 || (theirs && plan.conflicts.length > 0)) return undefined;
  return plan.conflicts.length > 0
    ? "Both sides changed all of these files: t takes the agent's"
    : 'There is nothing to apply: all of it is left out';
};

/** What came of it, in a sentence and what there is to add. */
export function appliedText(result: ApplyResult, theirs: boolean): {readonly text: string; readonly hint: string} {
  const left = theirs ? 0 : result.conflicts.length;
  const count = writtenOf(result, theirs).length;
  const rest = [
    left > 0 ? `${left} left as ${left === 1 ? 'it is' : 'they are'}: changed on both sides` : '',
    result.refused.length > 0 ? `${result.refused.length} left out` : '',
  ].filter(text => text !== '');
  return {text: `applied ${plural(count, 'file')} to ${targetOf(result)}`, hint: rest.join(' · ')};
}
