import type {CommandUnknownOpts} from '@commander-js/extra-typings';

export interface Candidate {
  readonly value: string;
  readonly meaning: string;
}

/** What could stand at a place of the command line: fixed words, a session, or a file, which the shell knows better. */
export interface Place {
  readonly candidates: readonly Candidate[];
  readonly wants: 'nothing' | 'session' | 'agent' | 'file';
}

const nothing: Place = {candidates: [], wants: 'nothing'};

/** Options and arguments whose values are not in the command's own data. */
const wantsByOption: Readonly<Record<string, Place['wants']>> = {repo: 'file', ca: 'file', agent: 'agent'};

const firstLetter = (text: string): string => text.slice(0, 1);

function optionNamed(command: CommandUnknownOpts, program: CommandUnknownOpts, word: string) {
  const [flag] = word.split('=');
  return [...command.options, ...program.options].find(option => option.long === flag || option.short === flag);
}

const valuesOf = (choices: readonly string[] | undefined): readonly Candidate[] =>
  (choices ?? []).map(value => ({value, meaning: ''}));

/**
 * What may stand in the place of the last of `words`, which are those behind `trails`. Reads nothing but the commands' own data.
 */
export function placeOf(program: CommandUnknownOpts, words: readonly string[]): Place {
  const current = words.at(-1) ?? '';
  let command = program;
  let operands = 0;
  let pending: ReturnType<typeof optionNamed>;
  for (const word of words.slice(0, -1)) {
    if (word === '--') return {candidates: [], wants: 'file'};
    if (pending) {
      pending = undefined;
    } else if (firstLetter(word) === '-') {
      const option = optionNamed(command, program, word);
      pending = option && (option.required || option.optional) && !word.includes('=') ? option : undefined;
    } else {
      const below = command.commands.find(one => one.name() === word || one.aliases().includes(word));
      if (below && operands === 0) command = below;
      else operands += 1;
    }
  }
  if (pending) {
    return {candidates: valuesOf(pending.argChoices), wants: wantsByOption[pending.attributeName()] ?? 'nothing'};
  }
  if (firstLetter(current) === '-') {
    const options = [...command.options, ...(command === program ? [] : program.options)].filter(one => !one.hidden);
    return {
      candidates: options.map(({long, short, description}) => ({value: long ?? short ?? '', meaning: description})),
      wants: 'nothing',
    };
  }
  const below = command.commands.filter(one => !one.name().startsWith('__'));
  if (below.length > 0 && operands === 0) {
    return {candidates: below.map(one => ({value: one.name(), meaning: one.description()})), wants: 'nothing'};
  }
  const argument = command.registeredArguments[operands] ?? command.registeredArguments.findLast(one => one.variadic);
  if (!argument) return nothing;
  if (argument.argChoices) return {candidates: valuesOf(argument.argChoices), wants: 'nothing'};
  if (argument.name() === 'agent') return {candidates: [], wants: 'agent'};
  // `new` is the one command whose name is of a session that is not there yet.
  const names = /^name/.test(argument.name()) && command.name() !== 'new';
  return {candidates: [], wants: names ? 'session' : 'nothing'};
}
