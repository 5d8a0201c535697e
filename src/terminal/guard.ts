import {cleanText} from './clean-text.ts';
import {createSequences} from './sequences.ts';

/** A clipboard write longer than this is dropped: the terminal would hold it all. */
const longestClipboard = 128 * 1024;
const longestOsc = 8 * 1024;

const ascii = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
const within = (low: number, high: number) => (code: number) => code >= low && code <= high;

/** OSC commands that may reach a real terminal; the rest (notifications, downloads, fonts, status records …) end here. */
const oscAllowed: readonly {readonly codes: (code: number) => boolean; readonly when?: (rest: string) => boolean}[] = [
  {codes: within(4, 5)},
  {codes: code => code === 8},
  // 9;4 is a progress bar; every other 9 is a notification, which Trails tells in its own way.
  {codes: code => code === 9, when: rest => /^4;[0-4](;\d{0,3})?$/.test(rest)},
  {codes: within(10, 19)},
  {codes: code => code === 22, when: rest => /^[\w-]{0,32}$/.test(rest)},
  // A write is a feature of agents; a read would hand the user's clipboard to one.
  {codes: code => code === 52, when: rest => !rest.endsWith(';?') && rest.length <= longestClipboard},
  {codes: code => code === 104 || code === 105 || (code >= 110 && code <= 119)},
  {codes: code => code === 133},
];
/** Window operations: 1–10 move and resize the user's window, 20 and 21 put its title into the input, 22 and 23 are our own stack. */
const windowOpsDropped = (operation: number) => operation <= 10 || (operation >= 20 && operation <= 23);

function safeOsc(payload: Uint8Array, bytes: Uint8Array): Uint8Array | undefined {
  const text = ascii(payload);
  const [, digits = '', rest = ''] = /^(\d{1,5})(?:;([\s\S]*))?$/.exec(text) ?? [];
  if (digits === '') return undefined;
  const code = Number(digits);
  if (code <= 2) return Buffer.from(`\x1b]${code};${cleanText(Buffer.from(rest, 'latin1').toString('utf8'))}\x07`);
  if (text.length > longestOsc && code !== 52) return undefined;
  const rule = oscAllowed.find(one => one.codes(code));
  return rule && (rule.when?.(rest) ?? true) ? bytes : undefined;
}

function safeCsi(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[bytes.length - 1] !== 0x74) return bytes;
  const text = ascii(bytes);
  const [, operation] = /^\x1b\[(\d*)[;\d]*t$/.exec(text) ?? [];
  if (operation === undefined) return bytes;
  return windowOpsDropped(Number(operation || 0)) ? undefined : bytes;
}

/** Requests of terminal capabilities and settings, and the old form of synchronised output. Others (sixel, tmux passthrough) are not for the user's terminal. */
const safeDcs = (payload: Uint8Array) => /^(\$q|\+q|=[12]s)/.test(ascii(payload.subarray(0, 3)));

/**
 * Makes an agent's live output safe for the user's own terminal. Output comes only in whole sequences and whole characters, so a
 * viewer may join between any two results.
 */
export function createOutputGuard() {
  let out: Uint8Array[] = [];
  const keep = (bytes: Uint8Array | undefined) => {
    if (bytes) out.push(bytes);
  };
  const sequences = createSequences({
    text: keep,
    escape: keep,
    csi: bytes => keep(safeCsi(bytes)),
    string(kind, payload, bytes) {
      if (kind === ']') keep(safeOsc(payload, bytes));
      else if (kind === 'P' && safeDcs(payload)) keep(bytes);
    },
  });
  return {
    feed(bytes: Uint8Array): Uint8Array {
      sequences.feed(bytes);
      const whole = out.length === 1 ? out[0]! : Buffer.concat(out);
      out = [];
      return whole;
    },
  };
}
