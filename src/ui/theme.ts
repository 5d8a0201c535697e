import type {Tone} from './models/line.ts';

/** How a tone looks: names of the sixteen colours every terminal has, so that the user's own palette holds. */
interface Look {
  readonly color?: 'cyan' | 'green' | 'yellow' | 'red';
  readonly dimColor?: boolean;
}

export interface Theme {
  readonly looks: Readonly<Record<Tone, Look>>;
  readonly colors: boolean;
  readonly border: 'round' | 'classic';
  /** Our own texts in what this terminal can show; the width stays. */
  readonly shown: (text: string) => string;
}

const colored: Readonly<Record<Tone, Look>> = {
  plain: {},
  quiet: {dimColor: true},
  accent: {color: 'cyan'},
  good: {color: 'green'},
  waiting: {color: 'yellow'},
  bad: {color: 'red'},
};
const colorless: Readonly<Record<Tone, Look>> = {
  plain: {},
  quiet: {dimColor: true},
  accent: {},
  good: {},
  waiting: {},
  bad: {},
};

/** Our glyphs on a terminal without Unicode, cell for cell. */
const ascii: Readonly<Record<string, string>> = {
  '◆': '!',
  '✗': 'x',
  '●': '*',
  '◐': '~',
  '◌': ':',
  '○': 'o',
  '◉': '@',
  '↻': '&',
  '■': '-',
  '◇': 'q',
  '☾': 'z',
  '▌': '>',
  '✓': '+',
  '⊘': '#',
  '·': '-',
  '…': '~',
  '╭': '+',
  '╮': '+',
  '╰': '+',
  '╯': '+',
  '─': '-',
  '│': '|',
  '┤': '[',
  '├': ']',
  '↑': '^',
  '↓': 'v',
  '←': '<',
  '→': '>',
  '‹': '<',
  '›': '>',
  '»': '>',
  '–': '-',
  '−': '-',
  '×': 'x',
};

const toAscii = (text: string): string => text.replace(/[^\x00-\x7f]/g, glyph => ascii[glyph] ?? glyph);

export const themeFor = ({colors, unicode}: {readonly colors: boolean; readonly unicode: boolean}): Theme => ({
  looks: colors ? colored : colorless,
  colors,
  border: unicode ? 'round' : 'classic',
  shown: unicode ? text => text : toAscii,
});
