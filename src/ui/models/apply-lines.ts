import type {AgentCommit, Refused} from '../../sessions/port.ts';
import {type ApplyState, applyProblem, targetOf, writtenOf} from './apply.ts';
import {countSpans, fileLine} from './change-text.ts';
import {type Line, quiet, type Tone} from './line.ts';
import {plural, shorten, shortenStart, wrapWords} from './text.ts';
import {visible} from './visible.ts';

/** A heading and what stands below it; its lines are made when they come into view. */
interface Section {
  readonly heading: Line;
  readonly count: number;
  readonly line: (index: number, width: number) => Line;
}

/** An empty line and the heading. */
const sectionHead = 2;

const refusedSection = (heading: string, tone: Tone, list: readonly Refused[]): Section => ({
  heading: [{text: heading, tone}],
  count: list.length,
  line(index, width) {
    const one = list[index];
    return one ? [{text: shorten(`  ${visible(one.path)}: ${visible(one.why)}`, width)}] : [];
  },
});

const commitSection = (commits: readonly AgentCommit[], uncommitted: boolean): Section => ({
  heading: [quiet('commits')],
  count: commits.length + (uncommitted ? 1 : 0),
  line(index, width) {
    const commit = commits[index];
    if (!commit)
      return [
        quiet(commits.length > 0 ? '  and what is not committed, as one more' : '  what is not committed, as one'),
      ];
    const id = visible(commit.id).slice(0, 7);
    return [quiet(`  ${id} `), {text: shorten(visible(commit.subject), width - id.length - 3)}];
  },
});

const bothHeadings = {
  theirs: "changed on both sides: the agent's is taken",
  merge: 'changed on both sides: it cannot be merged so',
  files: 'changed on both sides: left as they are',
} as const;

function sectionsOf({plan, files, theirs}: ApplyState): readonly Section[] {
  if (!plan) return [];
  const both = bothHeadings[theirs ? 'theirs' : plan.how];
  const sections: readonly Section[] = [
    refusedSection(both, 'waiting', plan.conflicts),
    ...(plan.how === 'merge' ? [commitSection(plan.commits, plan.uncommitted)] : []),
    {
      heading: [quiet('files')],
      count: files.length,
      line(index, width) {
        const file = files[index];
        return file ? [{text: '  '}, ...fileLine(file, width - 2)] : [];
      },
    },
    // At the end: an agent can make any number of them, and what will be written is to be seen first.
    refusedSection('left out', 'waiting', plan.refused),
  ];
  return sections.filter(({count}) => count > 0);
}

const heightOf = (sections: readonly Section[]): number =>
  sections.reduce((sum, {count}) => sum + sectionHead + count, 0);

/** How many lines there are to scroll over. */
export const applyHeight = (apply: ApplyState): number => heightOf(sectionsOf(apply));

function lineAt(sections: readonly Section[], at: number, width: number): Line {
  let index = at;
  for (const {heading, count, line} of sections) {
    if (index === 0) return [];
    if (index === 1) return heading;
    if (index < sectionHead + count) return line(index - sectionHead, width);
    index -= sectionHead + count;
  }
  return [];
}

/** What is said in place of a list: that it fails, is looked at, or is nothing. */
function saidOf({plan, problem}: ApplyState, width: number): readonly Line[] {
  if (problem) {
    const text = wrapWords(problem.text, width).map((line): Line => [{text: line, tone: 'bad'}]);
    return [[], ...text, ...wrapWords(problem.hint, width).map((line): Line => [quiet(line)])];
  }
  if (!plan) return [[], [quiet('Looking at what would change…')]];
  return plan.files.length === 0 ? [[], [quiet('There is nothing to apply.')]] : [];
}

/** The question, with the sum of what is asked. */
function footOf(apply: ApplyState): readonly Line[] {
  const {plan, problem, theirs} = apply;
  if (!plan || problem || plan.files.length === 0) return [];
  const files = writtenOf(plan, theirs);
  const added = files.reduce((sum, file) => sum + file.added, 0);
  const removed = files.reduce((sum, file) => sum + file.removed, 0);
  const choice: Line = [{text: theirs ? '✓ ' : '  ', tone: 'accent'}, quiet("t  take the agent's where both changed")];
  return [
    [],
    ...(plan.conflicts.length > 0 ? [choice] : []),
    [
      {text: plural(files.length, 'file')},
      {text: '  '},
      ...countSpans({added, removed}),
      ...(plan.refused.length > 0 ? [quiet(`  ${plan.refused.length} left out`)] : []),
      ...(applyProblem(apply) === undefined ? [{text: '  y/n', bold: true}] : []),
    ],
  ];
}

/** What will change, and where; beneath it the question. */
export function applyLines(apply: ApplyState, width: number, height: number): readonly Line[] {
  const {session, plan, problem} = apply;
  const where = plan ? `Apply ${session.name} to ${targetOf(plan)}?` : `Apply ${session.name}`;
  const title: Line = [{text: shorten(where, width), bold: true}];
  const head = [title, ...(plan ? [[quiet(shortenStart(visible(plan.target), width))]] : []), ...saidOf(apply, width)];
  const foot = footOf(apply);
  const sections = problem ? [] : sectionsOf(apply);
  const room = Math.max(1, height - head.length - foot.length);
  const all = heightOf(sections);
  const top = Math.max(0, Math.min(apply.top, all - room));
  const more = all - top - room;
  const body = Array.from({length: Math.min(room, all - top)}, (_, row) =>
    more > 0 && row === room - 1 ? [quiet(`  ↓ ${more + 1} more`)] : lineAt(sections, top + row, width),
  );
  return [...head, ...body, ...foot].slice(0, height);
}
