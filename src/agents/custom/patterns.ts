import {canBeKeptBusy} from './slow-patterns.ts';

/** Longer ones are no picture of a screen. */
const longest = 500;

const unbounded = /^(?:[*+]|\{\d*,\})/;

/**
 * A repetition within a repeated group: `(a+)*`. Such a pattern takes for ever on a text made for it, and the agent writes the text.
 */
function repeatsRepetitions(source: string): boolean {
  // Of each open group: whether something in it repeats without bound.
  const groups = [false];
  for (let at = 0; at < source.length; at += 1) {
    const letter = source[at];
    if (letter === '\\') at += 1;
    else if (letter === '[') {
      while (at < source.length && source[at] !== ']') at += source[at] === '\\' ? 2 : 1;
    } else if (letter === '(') groups.push(false);
    else if (letter === ')') {
      const inner = groups.pop() ?? false;
      const repeated = unbounded.test(source.slice(at + 1));
      if (inner && repeated) return true;
      groups.push((groups.pop() ?? false) || inner);
    } else if (unbounded.test(source.slice(at))) groups[groups.length - 1] = true;
  }
  return false;
}

/** A regular expression of the user's for what an agent shows, `^` and `$` being the ends of a row. Throws Error saying what is wrong with it. */
export function patternOf(source: string): RegExp {
  if (source === '') throw new Error('an empty pattern is found everywhere');
  if (source.length > longest) throw new Error(`a pattern has at most ${longest} characters`);
  let made: RegExp;
  try {
    made = new RegExp(source, 'mu');
  } catch (error) {
    const [, reason = 'it is no regular expression'] = /\/[mu]*: (.*)$/s.exec((error as Error).message) ?? [];
    throw new Error(`"${source.slice(0, 60)}" is no regular expression: ${reason}`);
  }
  if (repeatsRepetitions(source))
    throw new Error(`"${source.slice(0, 60)}" repeats a repetition, which can take for ever: say it without`);
  if (canBeKeptBusy(made))
    throw new Error(
      `"${source.slice(0, 60)}" takes seconds on a screen that repeats what it looks for: say it with fewer \`.*\``,
    );
  return made;
}
