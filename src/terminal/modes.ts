import type {Terminal} from '@xterm/headless';

/** DEC private modes that xterm.js does not tell of, or does not know but a real terminal does. */
const tracked = new Set([12, 1005, 1006, 1015, 1016, 2031, 2048, 9001]);

interface Keyboard {
  kitty: number[];
  flags: number;
}

export interface ModeTracker {
  /** Sequences that bring a terminal in its initial state into these modes. */
  restore(): string;
}

const numbers = (params: readonly (number | number[])[]) =>
  params.map(param => (Array.isArray(param) ? (param[0] ?? 0) : param));

/** Follows the modes an agent sets that cannot be read back from the emulator. */
export function trackModes(terminal: Terminal): ModeTracker {
  const {parser} = terminal;
  let on = new Set<number>();
  let cursorStyle = 0;
  let modifyOtherKeys = 0;
  const keyboards = {normal: {kitty: [], flags: 0} as Keyboard, alternate: {kitty: [], flags: 0} as Keyboard};
  let charsets = ['B', 'B'];
  const keyboard = () => keyboards[terminal.buffer.active.type];

  const clear = () => {
    on = new Set();
    cursorStyle = 0;
    modifyOtherKeys = 0;
    for (const one of Object.values(keyboards)) Object.assign(one, {kitty: [], flags: 0});
    charsets = ['B', 'B'];
    return false;
  };
  parser.registerEscHandler({final: 'c'}, clear);
  parser.registerCsiHandler({intermediates: '!', final: 'p'}, () => {
    charsets = ['B', 'B'];
    return false;
  });
  const setModes = (value: boolean) => (params: (number | number[])[]) => {
    for (const mode of numbers(params)) {
      if (!tracked.has(mode)) continue;
      if (value) on.add(mode);
      else on.delete(mode);
    }
    return false;
  };
  parser.registerCsiHandler({prefix: '?', final: 'h'}, setModes(true));
  parser.registerCsiHandler({prefix: '?', final: 'l'}, setModes(false));
  parser.registerCsiHandler({intermediates: ' ', final: 'q'}, params => {
    cursorStyle = Math.min(numbers(params)[0] ?? 0, 6);
    return false;
  });
  parser.registerCsiHandler({prefix: '>', final: 'm'}, params => {
    const [resource = 0, value = 0] = numbers(params);
    if (resource === 4) modifyOtherKeys = Math.min(value, 3);
    return true;
  });
  // The kitty keyboard protocol: a stack of flags for each screen, at most 16 deep here.
  parser.registerCsiHandler({prefix: '>', final: 'u'}, params => {
    const keys = keyboard();
    keys.kitty = [...keys.kitty, keys.flags].slice(-16);
    keys.flags = (numbers(params)[0] ?? 0) & 31;
    return true;
  });
  parser.registerCsiHandler({prefix: '<', final: 'u'}, params => {
    const keys = keyboard();
    for (let left = Math.min(numbers(params)[0] || 1, 99); left > 0; left--) keys.flags = keys.kitty.pop() ?? 0;
    return true;
  });
  parser.registerCsiHandler({prefix: '=', final: 'u'}, params => {
    const [flags = 0, how = 1] = numbers(params);
    const keys = keyboard();
    if (how === 1) keys.flags = flags & 31;
    if (how === 2) keys.flags |= flags & 31;
    if (how === 3) keys.flags &= ~flags;
    return true;
  });
  for (const [slot, intermediates] of ['(', ')'].entries()) {
    for (const final of ['B', '0', 'A', '4', 'C', '5', 'R', 'Q', 'K', 'Y', 'E', '6', 'Z', 'H', '7', '=']) {
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
      const mouse = {none: 0, x10: 9, vt200: 1000, drag: 1002, any: 1003}[modes.mouseTrackingMode];
      const keys = keyboard();
      return [
        ...[...on].sort((a, b) => a - b).map(mode => dec(mode, true)),
        mouse === 0 ? '' : dec(mouse, true),
        dec(1, modes.applicationCursorKeysMode),
        modes.applicationKeypadMode ? '\x1b=' : '',
        dec(2004, modes.bracketedPasteMode),
        dec(1004, modes.sendFocusMode),
        dec(45, modes.reverseWraparoundMode),
        modes.insertMode ? '\x1b[4h' : '',
        modifyOtherKeys === 0 ? '' : `\x1b[>4;${modifyOtherKeys}m`,
        ...keys.kitty.map(flags => `\x1b[>${flags}u`).slice(1),
        keys.kitty.length > 0 ? `\x1b[>${keys.flags}u` : keys.flags > 0 ? `\x1b[=${keys.flags};1u` : '',
        cursorStyle === 0 ? '' : `\x1b[${cursorStyle} q`,
        charsets[0] === 'B' ? '' : `\x1b(${charsets[0]}`,
        charsets[1] === 'B' ? '' : `\x1b)${charsets[1]}`,
      ].join('');
    },
  };
}
