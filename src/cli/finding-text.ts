import type {Finding} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import type {Paint} from './print.ts';
import {table} from './table.ts';

const marks: Record<Finding['state'], {readonly glyph: string; readonly style: Parameters<Paint>[0]}> = {
  ok: {glyph: '✓', style: 'green'},
  warning: {glyph: '!', style: 'yellow'},
  missing: {glyph: '✗', style: 'red'},
};

/** What doctor found, each with its way out below it. */
export function findingLines(findings: readonly Finding[], paint: Paint): readonly string[] {
  const lines = table(
    findings.map(({check, state, detail}) => [
      paint(marks[state].style, marks[state].glyph),
      cleanLine(check),
      cleanLine(detail),
    ]),
  );
  return findings.flatMap((finding, index) => [
    lines[index] ?? '',
    ...(finding.fix && finding.state !== 'ok' ? [`   fix: ${cleanLine(finding.fix)}`] : []),
  ]);
}
