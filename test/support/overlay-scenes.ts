import {frameOf} from './fake-port.ts';

const large = {size: {columns: 300, rows: 70}, cursor: {column: 0, row: 0, visible: false}};
const full = (word: string) => Array.from({length: 70}, (_, row) => `${word} ${row} ${word.repeat(60)}`.slice(0, 290));

/** Pictures of one session's screen, one after the other. */
export const scenes = [
  frameOf(full('first'), large),
  // Far less than before.
  frameOf(['second scene', '', '\x1b[31mred\x1b[0m and plain'], {cursor: {column: 3, row: 3, visible: true}}),
  // Wide characters up to the edge and over it, and what would move the cursor or clear the screen.
  frameOf(
    ['third 漢字漢字 ✅', '漢'.repeat(150), 'a\x1b[2Jb\x1b[Hc\x1b]0;owned\x07d\re\x9bHf', '\x1b[44m\x1b[1mend'],
    large,
  ),
  frameOf(full('fourth'), large),
];
