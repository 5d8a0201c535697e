/** Values of one section. */
export type Values = Readonly<Record<string, string>>;

const sectionIn = (line: string): string | undefined => /^\s*\[([^\]]*)\]\s*$/.exec(line)?.[1]?.trim().toLowerCase();
const keyIn = (line: string): string | undefined => /^\s*([^#;=\s[][^=]*?)\s*=/.exec(line)?.[1]?.toLowerCase();

/** The text with these values in a section. Everything else in it stays as it is: comments, order, ends of lines. */
export function withValues(text: string, section: string, values: Values): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
  const from = lines.findIndex(line => sectionIn(line) === section.toLowerCase());
  const left = new Map(Object.entries(values));
  const written = (key: string) => `${key}=${left.get(key)}`;
  if (from === -1) {
    const added = [...left.keys()].map(written);
    return `${[...lines, ...(lines.length > 0 ? [''] : []), `[${section}]`, ...added].join(end)}${end}`;
  }
  const next = lines.findIndex((line, index) => index > from && sectionIn(line) !== undefined);
  const to = next === -1 ? lines.length : next;
  const changed = lines.slice(from + 1, to).map(line => {
    const key = [...left.keys()].find(name => name.toLowerCase() === keyIn(line));
    if (key === undefined) return line;
    const fresh = written(key);
    left.delete(key);
    return fresh;
  });
  // Before the empty lines that part it from the next section.
  const tail = changed.length - changed.findLastIndex(line => line.trim() !== '') - 1;
  changed.splice(changed.length - tail, 0, ...[...left.keys()].map(written));
  return `${[...lines.slice(0, from + 1), ...changed, ...lines.slice(to)].join(end)}${end}`;
}

/** A value as the last line that sets it says. */
export function valueIn(text: string, section: string, key: string): string | undefined {
  let at: string | undefined;
  let found: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    at = sectionIn(line) ?? at;
    if (at === section.toLowerCase() && keyIn(line) === key.toLowerCase())
      found = line.slice(line.indexOf('=') + 1).trim();
  }
  return found;
}

/** Both texts line by line, what goes away with `-`, what comes with `+`. For files of a few lines. */
export function lineDiff(before: string, after: string): readonly string[] {
  const [a, b] = [before, after].map(text => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)));
  const [from, to] = [a ?? [], b ?? []];
  // Longest common rest of each pair of ends.
  const common = Array.from({length: from.length + 1}, () => new Array<number>(to.length + 1).fill(0));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = from.length - 1; i >= 0; i -= 1) {
    for (let j = to.length - 1; j >= 0; j -= 1)
      common[i]![j] = from[i] === to[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const lines: string[] = [];
  for (let i = 0, j = 0; i < from.length || j < to.length; ) {
    if (i < from.length && j < to.length && from[i] === to[j]) {
      lines.push(`  ${from[i]}`);
      i += 1;
      j += 1;
    } else if (i < from.length && (j === to.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(`- ${from[i]}`);
      i += 1;
    } else {
      lines.push(`+ ${to[j]}`);
      j += 1;
    }
  }
  return lines;
}
