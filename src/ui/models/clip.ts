import {charactersOf, widthOf} from './text.ts';

const sgr = /\x1b\[[\d;:]*m/y;
const plainAscii = /^[\x20-\x7e]*$/;
const reset = '\x1b[0m';

export interface ClipOptions {
  readonly width: number;
  /** Keep the agent's colours; without it only its text is left. */
  readonly colors: boolean;
  /** A cell to show the cursor in. */
  readonly cursor?: number;
}

/**
 * A screen line cut to `width` cells, its SGR codes kept in place. Any other escape or control character is left out, and no
 * style outlives the line.
 */
export function clip(line: string, {width, colors, cursor}: ClipOptions): string {
  if (cursor === undefined && plainAscii.test(line)) return line.slice(0, width);
  let out = '';
  let used = 0;
  let styled = false;
  let at = 0;
  const put = (character: string): boolean => {
    const cells = widthOf(character);
    if (used + cells > width) return false;
    out += used === cursor ? `\x1b[7m${character}\x1b[27m` : character;
    used += cells;
    return true;
  };
  while (at < line.length) {
    if (line[at] === '\x1b') {
      sgr.lastIndex = at;
      const code = sgr.exec(line)?.[0];
      if (code !== undefined && colors) {
        out += code;
        styled = true;
      }
      at += code?.length ?? 1;
      continue;
    }
    const next = line.indexOf('\x1b', at);
    const text = line.slice(at, next < 0 ? undefined : next).replace(/[\x00-\x1f\x7f-\x9f]/g, '');
    at = next < 0 ? line.length : next;
    if (!charactersOf(text).every(put)) break;
  }
  if (cursor !== undefined && used <= cursor && cursor < width) {
    if (styled) out += reset;
    return `${out}${' '.repeat(cursor - used)}\x1b[7m \x1b[27m`;
  }
  return styled ? out + reset : out;
}
