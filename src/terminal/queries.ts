/** CSI sequences that a terminal answers, by prefix, intermediates and final character. */
const askedCsi = new Set([
  // What it is and where its cursor is; its modes, keyboard, version, sizes, graphics.
  ...['c', '>c', '=c', 'n', '?n', '$p', '?$p', '?u', '>q', 't', '?S', '?m'],
  // Its parameters, checksums, settings and colours, in the words of older terminals.
  ...['x', '*y', '$w', '$u', '&u', '"v', "'|", '#|', '#R'],
]);

/** Whether a terminal answers this whole and well-formed CSI sequence. */
export function csiAsks(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from + 2]!;
  let middle = to - 1;
  while (bytes[middle - 1]! >= 0x20 && bytes[middle - 1]! <= 0x2f) middle -= 1;
  let key = first >= 0x3c && first <= 0x3f ? String.fromCharCode(first) : '';
  for (let at = middle; at < to; at++) key += String.fromCharCode(bytes[at]!);
  return askedCsi.has(key);
}

/** DECID: an old form of "what are you". */
export const escapeAsks = (text: string): boolean => text === '\x1bZ';

/** Colours are asked with "?" in the place of a value. */
export const oscAsks = (text: string): boolean => /^(?:4|5|1\d);/.test(text) && text.split(';').includes('?');

/** Settings and capabilities. */
export const dcsAsks = (text: string): boolean => /^[$+]q/.test(text);

/** ENQ: some terminals answer with a text of their user's. */
const enquiry = 0x05;
export const withoutEnquiries = (text: Uint8Array): Uint8Array =>
  text.includes(enquiry) ? text.filter(byte => byte !== enquiry) : text;
