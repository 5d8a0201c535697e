export interface Example {
  /** The heading it stands under. */
  readonly under: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** What it prints, when the document says so. */
  readonly prints?: string;
}

/** The fenced blocks of a document. One of `text` or `json` right behind one of `sh` is what that prints. */
export function examplesOf(markdown: string): readonly Example[] {
  const found: Example[] = [];
  let under = '';
  let behind = false;
  const lines = markdown.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const fence = /^```(\w+)$/.exec(line);
    if (!fence) {
      if (line.startsWith('#')) under = line.replace(/^#+ /, '');
      if (line !== '') behind = false;
      continue;
    }
    const end = lines.indexOf('```', at);
    const text = lines.slice(at + 1, end).join('\n');
    const last = found.at(-1);
    if (behind && last?.language === 'sh' && fence[1] !== 'sh') found[found.length - 1] = {...last, prints: text};
    else found.push({under, line: at + 1, language: fence[1]!, text});
    behind = fence[1] === 'sh';
    at = end;
  }
  return found;
}

const exact = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * What a document says is printed, as a pattern: `…` is anything within a line, and a line of nothing else any lines. White space
 * around lines does not count.
 */
export const patternOf = (prints: string): RegExp =>
  new RegExp(
    `^${prints
      .split('\n')
      .map(line =>
        line.trim() === '…' ? '(?:.*\\n)*?' : `[ \\t]*${line.trim().split('…').map(exact).join('.*')}[ \\t]*(?:\\n|$)`,
      )
      .join('')}$`,
  );
