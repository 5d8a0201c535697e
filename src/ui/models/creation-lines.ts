import type {Creation} from '../state.ts';
import {elapsed} from './age.ts';
import type {Line} from './line.ts';
import {shorten} from './text.ts';

/** Where a creation stands: step of steps, how long it has taken. */
export function creationLines(creation: Creation, now: number, width: number): readonly Line[] {
  const {name, step, index, total, fraction, startedAt, cancelling} = creation;
  const bar = Math.min(width, 40);
  const done = total > 0 ? Math.min(bar, Math.round((bar * (Math.max(0, index - 1) + fraction)) / total)) : 0;
  const count = index > 0 ? `${index}/${total}  ` : '';
  return [
    [{text: shorten(`Creating ${name}`, width), bold: true}],
    [],
    [
      {text: '─'.repeat(done), tone: 'accent', bold: true},
      {text: '─'.repeat(bar - done), tone: 'quiet'},
    ],
    [],
    [
      {text: count, tone: 'quiet'},
      {text: shorten(cancelling ? 'cancelling…' : step === '' ? 'beginning' : step, width - 14)},
      {text: fraction > 0 && !cancelling ? `  ${Math.floor(fraction * 100)} %` : '', tone: 'quiet'},
    ],
    [{text: elapsed(now - startedAt), tone: 'quiet'}],
  ];
}
