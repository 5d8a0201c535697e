import {stripVTControlCharacters} from 'node:util';

// Controls (C0, C1, DEL) drive a terminal; the direction marks reorder what is read.
const controls = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const controlsButLayout = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** One line of text as an agent may have written it, safe to print. */
export const cleanLine = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/[\t\n\r]+/g, ' ')
    .replace(controls, '');

/** Several lines: tabs and line ends stay. */
export const cleanText = (text: string): string => stripVTControlCharacters(text).replace(controlsButLayout, '');

const colourCode = /(\x1b\[[0-9;:]*m)/;

/** A line that keeps its colours and nothing else of what could move a cursor. */
export const cleanColoured = (text: string): string =>
  text
    .split(colourCode)
    .map((part, index) => (index % 2 === 1 ? part : cleanText(part)))
    .join('');

/**
 * The same for output that comes in pieces and goes to a terminal: an escape that is cut in two is held until it is whole.
 */
export function createCleaner(): (bytes: Uint8Array) => string {
  const decoder = new TextDecoder();
  let held = '';
  return bytes => {
    const text = held + decoder.decode(bytes, {stream: true});
    const [tail = ''] = /\x1b(?:\[[0-9;:<=>? ]*|\][^\x07\x1b]{0,1000})?$/.exec(text) ?? [];
    held = tail;
    return cleanColoured(text.slice(0, text.length - tail.length));
  };
}

/** JSON whose strings cannot drive a terminal either: what JSON leaves as it is, is written as an escape. */
export const safeJson = (value: unknown, indent = 2): string =>
  JSON.stringify(value, undefined, indent).replace(
    /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
