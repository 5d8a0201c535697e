import {type Finding, groupOf} from '../lib/checkup/check.ts';
import {wrapped} from '../lib/wrapped.ts';
import {cleanLine} from './clean.ts';
import type {Paint} from './print.ts';

const marks: Record<Finding['state'], {readonly glyph: string; readonly style: Parameters<Paint>[0]}> = {
  ok: {glyph: '✓', style: 'green'},
  warning: {glyph: '!', style: 'yellow'},
  missing: {glyph: '✗', style: 'red'},
};

const indent = '   ';
/** Of the lines below a finding: as wide as "fix: ". */
const hanging = '        ';

/** One finding, and below it, unless all is well, why it matters and the way out. */
function linesOf(finding: Finding, paint: Paint, {names, columns}: {names: number; columns: number}): string[] {
  const {glyph, style} = marks[finding.state];
  const [first = '', ...rest] = wrapped(cleanLine(finding.detail), columns - names - indent.length - 2);
  const head = `${paint(style, glyph)}  ${cleanLine(finding.title).padEnd(names)}  ${first}`.trimEnd();
  const more = rest.map(line => `${' '.repeat(names + indent.length + 2)}${line}`);
  if (finding.state === 'ok') return [head, ...more];
  const below = (name: string, text: string) =>
    wrapped(cleanLine(text), columns - hanging.length).map(
      (line, index) => (index === 0 ? `${indent}${name}: ` : hanging) + line,
    );
  return [
    ...[head, ...more],
    ...below('why', finding.why).map(line => paint('dim', line)),
    ...(finding.fix ? below('fix', finding.fix) : []),
  ];
}

/** What doctor found, by what it is about. `columns`: of the widest line. */
export function findingLines(findings: readonly Finding[], paint: Paint, columns = 80): readonly string[] {
  const names = Math.max(0, ...findings.map(({title}) => cleanLine(title).length));
  const groups = Map.groupBy(findings, ({check}) => groupOf(check));
  return [...groups].flatMap(([group, members], index) => [
    ...(index === 0 ? [] : ['']),
    paint('bold', group),
    ...members.flatMap(finding => linesOf(finding, paint, {names, columns})),
  ]);
}

/** The last line of the table. */
export function verdict(findings: readonly Finding[]): string {
  const count = (state: Finding['state']) => findings.filter(finding => finding.state === state).length;
  const [warnings, missing] = [count('warning'), count('missing')];
  const warned = warnings === 0 ? '' : `, ${warnings} warning${warnings === 1 ? '' : 's'}`;
  if (missing > 0) return `${missing} missing${warned}. \`trails setup\` mends what it can.`;
  return `Sessions can run${warned}.`;
}
