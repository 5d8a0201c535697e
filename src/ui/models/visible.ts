const printableAscii = /^[\x20-\x7e]*$/;
/** Controls, letters that turn the direction of text, and what takes no room on a screen. */
const unseen =
  /[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

const named = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `^${String.fromCharCode(code ^ 0x40)}`;
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
};

/** A name may have 4,000 characters, a subject any number: no screen shows more of them than this. */
const most = 1000;
const ends = (text: string): string =>
  text.length <= most ? text : `${text.slice(0, most / 2)}…${text.slice(-most / 2)}`.toWellFormed();

/**
 * Text that a person judges, as one line: what could hide in it is spelled out (^[ for an escape, <U+202E> for a turn of direction)
 * and not, as `clean` does, left out. Of a very long one the beginning and the end.
 */
export const visible = (text: string): string => {
  const part = ends(text);
  return printableAscii.test(part) ? part : part.replace(unseen, named);
};
