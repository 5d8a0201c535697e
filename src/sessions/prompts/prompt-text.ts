import {AppError} from '../../errors.ts';

const mostBytes = 2 ** 20;

/** A control character as something to read: ␛ for an escape. Those of C1 have no picture. */
const picture = (control: string): string => {
  const code = control.charCodeAt(0);
  if (code === 0x7f) return '␡';
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '';
};

/**
 * The text as it is typed, with `\n` between its lines. No character of it is a key or the end of a paste: the same text that is
 * harmless in a file must not press Enter in a terminal. Throws PROMPT_INVALID.
 */
export function promptText(given: string): string {
  const text = given
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, picture)
    .trimEnd();
  if (text.trim() === '') throw new AppError('PROMPT_INVALID', 'The prompt is empty');
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytes)
    throw new AppError('PROMPT_INVALID', `The prompt has ${bytes} bytes, more than the ${mostBytes} there may be`);
  return text;
}

/** In characters, as the audit log and lists tell it. */
export const lengthOf = (text: string): number => [...text].length;
