import {isUtf8} from 'node:buffer';
import {cleanText} from './clean-text.ts';
import {csiAsks, dcsAsks, escapeAsks, oscAsks, withoutEnquiries} from './queries.ts';
import {createSequences} from './sequences.ts';

/** A clipboard write longer than this is dropped: the terminal would hold it all. */
const longestClipboard = 128 * 1024;
const longestOsc = 8 * 1024;
const longestDcs = 4 * 1024;

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
const within = (low: number, high: number) => (code: number) => code >= low && code <= high;

/** OSC commands that may reach a real terminal; the rest (notifications, downloads, fonts, status records …) end here. */
const oscAllowed: readonly {readonly codes: (code: number) => boolean; readonly when?: (rest: string) => boolean}[] = [
  {codes: within(4, 5)},
  {codes: code => code === 8},
  // 9;4 is a progress bar; every other 9 is a notification, which Trails tells in its own way.
  {codes: code => code === 9, when: rest => /^4;[0-4](;\d{0,3})?$/.test(rest)},
  {codes: within(10, 19)},
  {codes: code => code === 22, when: rest => /^[\w-]{0,32}$/.test(rest)},
  // A write is a feature of agents; a read, asked with "?", would hand the user's clipboard to one.
  {
    codes: code => code === 52,
    when: rest => /^[a-z0-9]{0,16};[\w+/=-]+$/i.test(rest) && rest.length <= longestClipboard,
  },
  {codes: code => code === 104 || code === 105 || (code >= 110 && code <= 119)},
  {codes: code => code === 133},
];

function safeOsc(payload: Uint8Array): string | Uint8Array | undefined {
  const text = latin1(payload);
  const [, digits = '', rest = ''] = /^(\d{1,5})(?:;([\s\S]*))?$/.exec(text) ?? [];
  if (digits === '') return undefined;
  const code = Number(digits);
  if (code <= 2) return `\x1b]${code};${cleanText(Buffer.from(rest.slice(0, longestOsc), 'latin1').toString())}\x07`;
  if (text.length > longestOsc && code !== 52) return undefined;
  // Controls have no place here, and terminals differ in what they make of them.
  if (/[\x00-\x1f\x7f]/.test(text) || !isUtf8(payload)) return undefined;
  const rule = oscAllowed.find(one => one.codes(code));
  if (!rule || !(rule.when?.(rest) ?? true)) return undefined;
  return Buffer.concat([Buffer.from('\x1b]'), payload, Buffer.from('\x1b\\')]);
}

/** Window reports that tell sizes only. The others move or resize the user's window, or type its title into the agent. */
const windowReports = new Set([14, 16, 18, 19]);
/** 132 columns, and leave for it: they resize the window. */
const resizing = (mode: string) => [3, 40].includes(Number.parseInt(mode, 10));

type CsiRule = (params: string) => string | undefined;
const drop: CsiRule = () => undefined;
const withoutResizing =
  (final: string): CsiRule =>
  params => {
    const modes = params.split(';');
    const kept = modes.filter(mode => !resizing(mode));
    if (kept.length === modes.length) return `\x1b[?${params}${final}`;
    if (kept.length === 0) return undefined;
    return `\x1b[?${kept.join(';')}${final}`;
  };

/** By prefix, intermediates and final character. What is not named here passes as it came. */
const csiRules: Readonly<Record<string, CsiRule>> = {
  t: params => (windowReports.has(Number.parseInt(params, 10)) ? `\x1b[${params}t` : undefined),
  // How titles are encoded is between the user and the terminal.
  '>t': drop,
  '>T': drop,
  // Printing.
  i: drop,
  '?i': drop,
  // Rows and columns of the page.
  '$|': drop,
  '*|': drop,
  '?h': withoutResizing('h'),
  '?l': withoutResizing('l'),
  '?r': withoutResizing('r'),
};

const ruled = new Set(Object.keys(csiRules).map(key => key.charCodeAt(key.length - 1)));
const modeFinals = new Set(Array.from('hlr', final => final.charCodeAt(0)));

/** Prefix, parameters, intermediates, each in its place: what is malformed is a risk where it is not understood. */
function wellFormed(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from + 2;
  if (bytes[at]! >= 0x3c && bytes[at]! <= 0x3f) at += 1;
  while (bytes[at]! >= 0x30 && bytes[at]! <= 0x3b) at += 1;
  while (bytes[at]! >= 0x20 && bytes[at]! <= 0x2f) at += 1;
  return at === to - 1;
}

/** Told without taking the sequence apart: no rule is for it, or none that its digits could break (3 and 40). */
function harmless(bytes: Uint8Array, from: number, to: number): boolean {
  if (!wellFormed(bytes, from, to)) return false;
  const final = bytes[to - 1]!;
  if (!ruled.has(final)) return true;
  if (!modeFinals.has(final)) return false;
  for (let at = from + 2; at < to; at++) if (bytes[at] === 0x33 || bytes[at] === 0x34) return false;
  return true;
}

function safeCsi(bytes: Uint8Array): string | Uint8Array | undefined {
  if (!wellFormed(bytes, 0, bytes.length)) return undefined;
  const [, prefix, params = '', kind] = /^\x1b\[([<=>?]?)([\d;:]*)([ -/]*[@-~])$/.exec(latin1(bytes)) ?? [];
  const key = `${prefix}${kind}`;
  const rule = Object.hasOwn(csiRules, key) ? csiRules[key] : undefined;
  return rule ? rule(params) : bytes;
}

/**
 * ESC k: tmux and screen take what follows for a window's name. ESC %: leaves UTF-8, after which letters hide controls.
 * ESC SP: the form of the terminal's own answers. ESC ! and ESC " are of other worlds.
 */
const unsafeEscape = /^\x1b[k% !"]/;

/** Requests of terminal capabilities and settings, and the old form of synchronised output. Others (images, tmux passthrough) are not for the user's terminal. */
const dcsAllowed = /^(\$q|\+q|=[12]s)[\x20-\x7e]*$/;

/**
 * Makes an agent's live output safe for the user's own terminal. Output comes only in whole sequences and whole characters, so a
 * viewer may join between any two results. `queries`: what a terminal would answer passes, too.
 */
export function createOutputGuard({queries = true}: {readonly queries?: boolean} = {}) {
  let out: Uint8Array[] = [];
  const keep = (safe: string | Uint8Array | undefined) => {
    if (safe === undefined) return;
    const bytes = typeof safe === 'string' ? Buffer.from(safe) : safe;
    const last = out.at(-1);
    // What passes side by side goes on as one piece, without a copy.
    if (last && last.buffer === bytes.buffer && last.byteOffset + last.length === bytes.byteOffset) {
      out[out.length - 1] = new Uint8Array(last.buffer, last.byteOffset, last.length + bytes.length);
    } else out.push(bytes);
  };
  const sequences = createSequences({
    text: queries ? keep : bytes => keep(withoutEnquiries(bytes)),
    passes: queries ? harmless : (bytes, from, to) => harmless(bytes, from, to) && !csiAsks(bytes, from, to),
    escape: bytes => {
      const text = latin1(bytes);
      if (!unsafeEscape.test(text) && (queries || !escapeAsks(text))) keep(bytes);
    },
    csi: bytes => {
      if (queries || !csiAsks(bytes, 0, bytes.length)) keep(safeCsi(bytes));
    },
    string(kind, payload) {
      const passes = (asks: (text: string) => boolean) => queries || !asks(latin1(payload));
      if (kind === ']' && passes(oscAsks)) keep(safeOsc(payload));
      else if (kind === 'P' && payload.length <= longestDcs && dcsAllowed.test(latin1(payload)) && passes(dcsAsks)) {
        keep(`\x1bP${latin1(payload)}\x1b\\`);
      }
    },
  });
  return {
    /** What of this, and of what was held back before, may go on; it may share memory with `bytes`. */
    feed(bytes: Uint8Array): Uint8Array {
      sequences.feed(bytes);
      const whole = out.length === 1 ? out[0]! : Buffer.concat(out);
      out = [];
      return whole;
    },
  };
}
