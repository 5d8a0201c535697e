const sgr =
  (on: number, off: number) =>
  (text: string): string =>
    `\x1b[${on}m${text}\x1b[${off}m`;

export const bold = sgr(1, 22);
export const dim = sgr(2, 22);
export const red = sgr(31, 39);
export const green = sgr(32, 39);
export const yellow = sgr(33, 39);
export const blue = sgr(34, 39);
export const magenta = sgr(35, 39);
export const cyan = sgr(36, 39);

const piece = /\x1b\[[\d;]*m|[^\x1b]/gu;

/** At most so many cells of our own texts, whose characters are one cell wide; their colours stay whole. */
export function cutTo(line: string, columns: number): string {
  let room = columns;
  return (line.match(piece) ?? []).filter(part => part.length > 2 || room-- > 0).join('');
}
