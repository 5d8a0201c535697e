import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {spawn} from '@lydell/node-pty';
import {createEmulator} from '../src/terminal/emulator.ts';
import {root} from './bundle.ts';

/** The README's picture: the real dashboard on the mock provider in a real pseudo-terminal, its cells drawn as SVG. */
const size = {columns: 112, rows: 26};
const cell = {width: 8.4, height: 18, font: 14};
const margin = 14;
const ink = {text: '#d7dae0', ground: '#16181d'} as const;
const palette = ['#2a2e37', '#f2777a', '#8fd18a', '#ffcc66', '#6ca8f0', '#c792ea', '#5fd7d7', '#d7dae0'];
const bright = ['#6b7280', '#ff8f92', '#a8e6a3', '#ffe08a', '#8fc1ff', '#dbb2ff', '#88f0f0', '#ffffff'];

interface Look {
  color: string;
  bold: boolean;
  dim: boolean;
  inverse: boolean;
}
const plain = (): Look => ({color: ink.text, bold: false, dim: false, inverse: false});

function changed(look: Look, codes: readonly number[]): Look {
  const next = {...look};
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index]!;
    if (code === 0) Object.assign(next, plain());
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 7) next.inverse = true;
    else if (code >= 30 && code <= 37) next.color = palette[code - 30]!;
    else if (code >= 90 && code <= 97) next.color = bright[code - 90]!;
    else if (code === 38 && codes[index + 1] === 2) {
      next.color = `rgb(${codes.slice(index + 2, index + 5).join(',')})`;
      index += 4;
    } else if (code === 38 || code === 48) index += codes[index + 1] === 5 ? 2 : 4;
  }
  return next;
}

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

function row(line: string, at: number): string {
  let look = plain();
  let column = 0;
  let out = '';
  for (const [, codes, text] of line.matchAll(/\x1b\[([\d;:]*)m|([^\x1b]+)/g)) {
    if (text === undefined) {
      look = changed(look, (codes || '0').split(/[;:]/).map(Number));
      continue;
    }
    const x = (margin + column * cell.width).toFixed(1);
    const width = [...text].length;
    if (look.inverse) {
      out += `<rect x="${x}" y="${(margin + at * cell.height).toFixed(1)}" width="${(width * cell.width).toFixed(1)}" height="${cell.height}" fill="${look.color}"/>`;
    }
    const fill = look.inverse ? ink.ground : look.color;
    const style = `${look.bold ? ' font-weight="700"' : ''}${look.dim ? ' opacity=".55"' : ''}`;
    const y = (margin + at * cell.height + cell.font).toFixed(1);
    if (text.trim() !== '') {
      out += `<text x="${x}" y="${y}" fill="${fill}"${style} textLength="${(width * cell.width).toFixed(1)}" xml:space="preserve">${escaped(text)}</text>`;
    }
    column += width;
  }
  return out;
}

const emulator = createEmulator({size});
const program = spawn(process.execPath, [path.join(root, 'dist/main.js'), '--dev'], {
  cols: size.columns,
  rows: size.rows,
  env: {...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', NO_COLOR: '', FORCE_COLOR: '3'},
});
program.onData(data => emulator.write(Buffer.from(data)));
const until = (isThere: (lines: readonly string[]) => boolean) =>
  new Promise<void>(resolve => {
    const look = () => {
      if (isThere(emulator.text())) resolve();
      else setTimeout(look, 50);
    };
    look();
  });
const shows = (text: string) => until(lines => lines.join('\n').includes(text));
/** Of these a session has changes that are told in lines. */
const counted = 6;
await shows('1 in trouble');
await until(lines => lines.filter(line => / \+\d+ /.test(line)).length >= counted);
// The one that waits is what a person looks at first.
program.write('w');
await shows('Would you like to run');
await emulator.settled();
const lines = emulator.lines(0);
program.write('q');

const width = Math.ceil(margin * 2 + size.columns * cell.width);
const height = margin * 2 + size.rows * cell.height;
const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace" font-size="${cell.font}">
<title>The Trails dashboard: one session waits for an answer, its screen beside the list</title>
<rect width="100%" height="100%" rx="8" fill="${ink.ground}"/>
${lines.map(row).join('\n')}
</svg>
`;
writeFileSync(path.join(root, 'docs/dashboard.svg'), picture);
