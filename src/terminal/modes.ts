import type {Terminal} from '@xterm/headless';

/** DEC private modes that xterm.js does not tell of, or does not know but a real terminal does. */
const tracked = new Set([5, 12, 1005, 1006, 1015, 1016, 2031, 2048, 9001]);
const mouseModes = {none: 0, x10: 9, vt200: 1000, drag: 1002, any: 1003} as const;
const charsetFinals = ['B', '0', 'A', '4', 'C', '5', 'R', 'Q', 'K', 'Y', 'E', '6', 'Z', 'H', '7', '='];
/** Deeper stacks of keyboard flags are nobody's; kitty's own limit is near. */
const deepest = 16;

type Screen = 'normal' | 'alternate';
interface Keyboard {
  /** What each push put aside, the oldest first. */
  kitty: number[];
  flags: number;
}

export interface ModeTracker {
  /** Sequences that bring a terminal in its initial state into these modes. */
  restore(): string;
  /** The keyboard flags of one screen; each screen has its own. */
  keyboard(screen: Screen): string;
  charsets(): string;
  /** Sequences that make a terminal in whatever modes send keys and pastes as this agent wants them. */
  keys(): string;
  clear(): void;
}

const numbers = (params: readonly (number | number[])[]) =>
  params.map(param => (Array.isArray(param) ? (param[0] ?? 0) : param));

/** Follows the modes an agent sets that cannot be read back from the emulator. */
export function trackModes(terminal: Terminal): ModeTracker {
  const {parser} = terminal;
  let on = new Set<number>();
  let cursorStyle = 0;
  let modifyOtherKeys = 0;
  const fresh = (): Record<Screen, Keyboard> => ({normal: {kitty: [], flags: 0}, alternate: {kitty: [], flags: 0}});
  let keyboards = fresh();
  let charsets = ['B', 'B', 'B', 'B'];
  const keyboard = () => keyboards[terminal.buffer.active.type];

  const softClear = () => {
    charsets = ['B', 'B', 'B', 'B'];
  };
  const clear = () => {
    softClear();
    on = new Set();
    cursorStyle = 0;
    modifyOtherKeys = 0;
    keyboards = fresh();
  };
  // Each handler leaves the sequence to xterm.js as well, unless only a real terminal knows it.
  const also = (act: (params: number[]) => void) => (params: (number | number[])[]) => {
    act(numbers(params));
    return false;
  };
  const only = (act: (params: number[]) => void) => (params: (number | number[])[]) => {
    act(numbers(params));
    return true;
  };
  const setModes = (value: boolean) =>
    also(modes => {
      for (const mode of modes) if (tracked.has(mode)) value ? on.add(mode) : on.delete(mode);
    });

  parser.registerEscHandler({final: 'c'}, () => {
    clear();
    return false;
  });
  parser.registerCsiHandler({intermediates: '!', final: 'p'}, also(softClear));
  parser.registerCsiHandler({prefix: '?', final: 'h'}, setModes(true));
  parser.registerCsiHandler({prefix: '?', final: 'l'}, setModes(false));
  parser.registerCsiHandler(
    {intermediates: ' ', final: 'q'},
    also(([style = 0]) => {
      cursorStyle = Math.min(style, 6);
    }),
  );
  parser.registerCsiHandler(
    {prefix: '>', final: 'm'},
    only(([resource = 0, value = 0]) => {
      if (resource === 4) modifyOtherKeys = Math.min(value, 3);
    }),
  );
  parser.registerCsiHandler(
    {prefix: '>', final: 'u'},
    only(([flags = 0]) => {
      const keys = keyboard();
      keys.kitty = [...keys.kitty, keys.flags].slice(-deepest);
      keys.flags = flags & 31;
    }),
  );
  parser.registerCsiHandler(
    {prefix: '<', final: 'u'},
    only(([count = 1]) => {
      const keys = keyboard();
      for (let left = Math.min(count || 1, 99); left > 0; left--) keys.flags = keys.kitty.pop() ?? 0;
    }),
  );
  parser.registerCsiHandler(
    {prefix: '=', final: 'u'},
    only(([flags = 0, how = 1]) => {
      const keys = keyboard();
      if (how === 2) keys.flags |= flags & 31;
      else if (how === 3) keys.flags &= ~flags;
      else keys.flags = flags & 31;
    }),
  );
  for (const [slot, intermediates] of ['(', ')', '*', '+'].entries()) {
    for (const final of charsetFinals) {
      parser.registerEscHandler({intermediates, final}, () => {
        charsets[slot] = final;
        return false;
      });
    }
  }

  return {
    restore() {
      const {modes} = terminal;
      const dec = (mode: number, value: boolean) => (value ? `\x1b[?${mode}h` : '');
      const mouse = mouseModes[modes.mouseTrackingMode];
      return [
        ...[...on].sort((a, b) => a - b).map(mode => dec(mode, true)),
        dec(mouse, mouse !== 0),
        dec(1, modes.applicationCursorKeysMode),
        modes.applicationKeypadMode ? '\x1b=' : '',
        dec(2004, modes.bracketedPasteMode),
        dec(1004, modes.sendFocusMode),
        dec(45, modes.reverseWraparoundMode),
        modes.insertMode ? '\x1b[4h' : '',
        terminal.options.convertEol ? '\x1b[20h' : '',
        modes.wraparoundMode ? '' : '\x1b[?7l',
        modifyOtherKeys === 0 ? '' : `\x1b[>4;${modifyOtherKeys}m`,
        cursorStyle === 0 ? '' : `\x1b[${cursorStyle} q`,
      ].join('');
    },
    keyboard(screen) {
      const {kitty, flags} = keyboards[screen];
      const [first = flags, ...pushed] = [...kitty, flags];
      return (first === 0 ? '' : `\x1b[=${first};1u`) + pushed.map(one => `\x1b[>${one}u`).join('');
    },
    charsets: () =>
      ['(', ')', '*', '+'].map((slot, at) => (charsets[at] === 'B' ? '' : `\x1b${slot}${charsets[at]}`)).join(''),
    keys() {
      const {modes} = terminal;
      const set = (mode: number, value: boolean) => `\x1b[?${mode}${value ? 'h' : 'l'}`;
      return [
        set(1, modes.applicationCursorKeysMode),
        modes.applicationKeypadMode ? '\x1b=' : '\x1b>',
        set(2004, modes.bracketedPasteMode),
        `\x1b[>4;${modifyOtherKeys}m`,
        `\x1b[=${keyboard().flags};1u`,
      ].join('');
    },
    clear,
  };
}
