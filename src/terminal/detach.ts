import {AppError} from '../errors.ts';
import type {Clock} from '../lib/clock.ts';

/** How long a lone ESC may be the beginning of a key's sequence. */
const escapeMs = 25;
const longestKey = 64;
const pasteStart = '\x1b[200~';
const pasteEnd = '\x1b[201~';

/** The control code of a key name: ctrl-a … ctrl-z, ctrl-\, ctrl-], ctrl-^, ctrl-_. Throws CONFIG_INVALID. */
export function controlCode(key: string): number {
  const name = /^ctrl-([a-z\\\]^_])$/.exec(key.toLowerCase())?.[1];
  if (name === undefined || name === 'c' || name === 'm' || name === 'i' || name === 'j') {
    throw new AppError('CONFIG_INVALID', `"${key}" cannot be the detach key`, {
      hint: 'Use ctrl- and a letter (not c, i, j, m) or one of \\ ] ^ _, for example ctrl-q.',
    });
  }
  return name.charCodeAt(0) & 0x1f;
}

/** Caps lock and num lock are bits 64 and 128 of a kitty modifier. */
const isCtrl = (modifiers: number) => ((modifiers - 1) & ~192) === 4;

/** Whether one whole CSI sequence is the detach key, in any of the forms terminals send it. */
function isDetach(sequence: string, code: number): boolean {
  const letter = code + 0x60 <= 0x7a ? code + 0x60 : code + 0x40;
  // kitty: CSI code[:shifted[:base]] ; modifiers[:event] u. A release or a repeat is not a press; on a keyboard of another
  // script the key is known by where it stands on the base layout.
  const kitty = /^\x1b\[(\d+)(?::\d*)?(?::(\d+))?;(\d+)(?::(\d+))?(?:;[\d:]*)?u$/.exec(sequence);
  if (kitty) {
    const keys = [Number(kitty[1]), Number(kitty[2] ?? kitty[1])];
    return keys.includes(letter) && isCtrl(Number(kitty[3])) && (kitty[4] ?? '1') === '1';
  }
  const other = /^\x1b\[27;(\d+);(\d+)~$/.exec(sequence);
  if (other) return isCtrl(Number(other[1])) && [letter, code].includes(Number(other[2]));
  // win32: CSI virtual-key ; scan ; character ; down ; control state ; repeat _
  const win32 = /^\x1b\[(\d*);(\d*);(\d*);(\d*);(\d*);?\d*_$/.exec(sequence);
  return win32 !== null && Number(win32[3]) === code && win32[4] === '1';
}

export interface DetachScanner {
  /** What goes on to the agent; with `detached` the key was found and nothing behind it counts. */
  feed(bytes: Uint8Array): {readonly forward: Uint8Array; readonly detached: boolean};
  /** Forgets what is held back: nothing is flushed any more. */
  close(): void;
}

/** Finds the detach key in what a person types, never inside a paste. `flush` gets an ESC that turned out to be just that. */
export function createDetachScanner(options: {
  readonly key: string;
  readonly clock: Clock;
  readonly flush: (bytes: Uint8Array) => void;
}): DetachScanner {
  const code = controlCode(options.key);
  let held = '';
  let pasting = false;
  let cancel = () => {};

  /** One whole piece: a character or a sequence. */
  const isKey = (piece: string): boolean => {
    if (piece === pasteStart) pasting = true;
    if (piece === pasteEnd) pasting = false;
    if (pasting) return false;
    return piece.length === 1 ? piece.charCodeAt(0) === code : isDetach(piece, code);
  };

  return {
    close: () => cancel(),
    feed(bytes) {
      cancel();
      // latin1 keeps every byte as one character.
      const input = held + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
      held = '';
      let forward = '';
      let at = 0;
      while (at < input.length) {
        const rest = input.slice(at, at + longestKey);
        const whole = rest[0] === '\x1b' ? /^\x1b(?:\[[0-?]*[ -/]*[@-~]|[^[])/s.exec(rest)?.[0] : rest[0];
        if (whole === undefined) {
          // An unfinished sequence, unless it is longer than any key's.
          if (rest.length < longestKey) {
            held = input.slice(at);
            break;
          }
          forward += rest[0];
          at += 1;
          continue;
        }
        if (isKey(whole)) return {forward: Buffer.from(forward, 'latin1'), detached: true};
        // ESC and a key pressed at once: Alt. An ESC before another ESC is a key of its own.
        const step = whole === '\x1b\x1b' ? 1 : whole.length;
        forward += input.slice(at, at + step);
        at += step;
      }
      if (held !== '') {
        cancel = options.clock.after(escapeMs, () => {
          const late = held;
          held = '';
          options.flush(Buffer.from(late, 'latin1'));
        });
      }
      return {forward: Buffer.from(forward, 'latin1'), detached: false};
    },
  };
}
