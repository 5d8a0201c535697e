/** How many letters have to be added, left out, changed or swapped with the next to make one word of the other. */
function distance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({length: b.length + 1}, (_, index) => index);
  for (const [at, letter] of [...a].entries()) {
    const next = [at + 1];
    for (let column = 1; column <= b.length; column += 1) {
      const change = (row[column - 1] ?? 0) + (letter === b[column - 1] ? 0 : 1);
      const isSwapped = at > 0 && letter === b[column - 2] && a[at - 1] === b[column - 1];
      const swap = isSwapped ? (before[column - 2] ?? 0) + 1 : change;
      next.push(Math.min(change, swap, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The one of the known words that was most likely meant; undefined when none is close. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const short = word.slice(0, 40).toLowerCase();
  const [best] = known
    .map(one => ({one, far: distance(short, one.toLowerCase())}))
    .filter(({one, far}) => far <= Math.max(1, Math.floor(one.length / 3)))
    .sort((a, b) => a.far - b.far);
  return best?.one;
}
