import type {IUnicodeVersionProvider, Terminal} from '@xterm/headless';
import {graphemes} from './graphemes.ts';
import {coreOf} from './internals.ts';

/** Of one character on the screen, in code points. Family emoji have 11; without a limit one cell could hold gigabytes. */
const longestCharacter = 32;

/**
 * Counts an agent may give to a sequence that xterm.js carries out one by one: `CSI 2147483647 S` would hold us for minutes.
 * More than the screen has changes nothing.
 */
const counted: Readonly<Record<string, (terminal: Terminal) => number>> = {
  S: terminal => terminal.rows,
  T: terminal => terminal.rows,
  L: terminal => terminal.rows,
  M: terminal => terminal.rows,
  I: terminal => terminal.cols,
  Z: terminal => terminal.cols,
  b: terminal => terminal.cols * terminal.rows,
};

const joins = 1;

/** Widths and clusters of Unicode 15, with an end to how much one cell takes in. */
function boundedGraphemes(inner: IUnicodeVersionProvider): IUnicodeVersionProvider {
  let length = 0;
  return {
    version: 'bounded',
    wcwidth: code => inner.wcwidth(code),
    charProperties(code, preceding) {
      const found = inner.charProperties(code, preceding);
      length = (found & joins) === 0 ? 1 : length + 1;
      if (length <= longestCharacter) return found;
      length = 1;
      return found & ~joins;
    },
  };
}

/** Makes a terminal safe to feed with anything, and gives it today's widths. */
export function setLimits(terminal: Terminal): void {
  const addon = new graphemes.UnicodeGraphemesAddon();
  // The addon shows its provider only by registering it.
  const found: IUnicodeVersionProvider[] = [];
  const listener: Terminal = Object.create(terminal, {
    unicode: {
      value: {versions: [], activeVersion: '', register: (one: IUnicodeVersionProvider) => void found.push(one)},
    },
  });
  addon.activate(listener);
  const inner = found.find(one => one.version === '15-graphemes');
  if (!inner) throw new Error('The graphemes addon registers no 15-graphemes any more');
  terminal.unicode.register(boundedGraphemes(inner));
  terminal.unicode.activeVersion = 'bounded';

  const {_inputHandler: input} = coreOf(terminal);
  for (const [final, most] of Object.entries(counted)) {
    input.registerCsiHandler({final}, ({params}) => {
      params[0] = Math.min(params[0]!, most(terminal));
      return false;
    });
  }
}
