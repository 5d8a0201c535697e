import type {Host} from '../program.ts';
import {cutTo} from './style.ts';

/** What is drawn anew below what was said, with its cursor. */
export interface LivePart {
  readonly lines: readonly string[];
  /** Undefined: no cursor is shown. */
  readonly cursor?: {readonly row: number; readonly column: number};
}

export interface LiveScreen {
  /** These lines stay. */
  say(lines: readonly string[]): void;
  show(part: LivePart): void;
  /** The live part goes; the cursor stands below what was said. */
  end(): void;
}

/** Said before this is not painted again when the terminal changes its size. */
const keptLines = 120;

/** A text of several lines, the later ones below the beginning of the first. */
const indented = (text: string): readonly string[] =>
  text.split('\n').map((line, index) => (index === 0 ? line : `  ${line}`));

/** A screen as agents draw it: what was said moves up, what is live stands below it and is drawn anew. */
export function liveScreen(host: Host): LiveScreen {
  let said: string[] = [];
  let shown: LivePart = {lines: []};
  /** Of the cursor, within the live part. */
  let row = 0;

  const part = ({lines, cursor}: LivePart): string => {
    const last = lines.length - 1;
    row = cursor?.row ?? Math.max(0, last);
    const back = last - row;
    const text = lines.map(line => cutTo(line, host.size.columns)).join('\r\n');
    const column = (cursor?.column ?? 0) + 1;
    return `${text}${back > 0 ? `\x1b[${back}A` : ''}\x1b[${column}G${cursor ? '\x1b[?25h' : ''}`;
  };
  const draw = (text: string) => host.print(`\x1b[?2026h\x1b[?25l${text}\x1b[?2026l`);
  const top = () => `${row > 0 ? `\x1b[${row}A` : ''}\r\x1b[J`;
  const lasting = (lines: readonly string[]) => lines.map(line => `${line}\r\n`).join('');

  host.onResize(() => {
    draw(`\x1b[H\x1b[2J\x1b[3J${lasting(said.slice(-host.size.rows))}${part(shown)}`);
  });
  return {
    say(texts) {
      const lines = texts.flatMap(indented);
      said = [...said, ...lines].slice(-keptLines);
      draw(`${top()}${lasting(lines)}${part(shown)}`);
    },
    show(next) {
      const before = top();
      shown = next;
      draw(`${before}${part(next)}`);
    },
    end() {
      const before = top();
      shown = {lines: []};
      row = 0;
      host.print(`${before}\x1b[?25h`);
    },
  };
}
