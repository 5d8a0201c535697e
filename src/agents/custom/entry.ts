import path from 'node:path';
import {isImageReference} from '../../lib/image-reference.ts';
import {
  described,
  flag,
  list,
  oneOf,
  plain,
  type Read,
  reader,
  record,
  someOf,
  text,
  textAs,
  wholeNumber,
  withAll,
  wrong,
} from '../../lib/reading/reading.ts';
import {type Agent, type HomePath, type ManagedFile, type Mode, modes, type Seed} from '../agent.ts';
import {mostRows} from '../status/foot.ts';
import type {HookRule, ScreenRule, StatusRules, TitleRule} from '../status/rules.ts';
import {kinds, statuses} from '../status/verdict.ts';
import {patternOf} from './patterns.ts';

/** What config.yaml says of one agent: only what it says. */
export interface Entry {
  /** The agent it starts from. */
  readonly like: string;
  readonly title: string;
  readonly command: Agent['command'];
  readonly args: Agent['args'];
  readonly prompt: NonNullable<Agent['prompt']>;
  readonly resume: NonNullable<Agent['resume']>;
  readonly modes: NonNullable<Agent['modes']>;
  readonly home: Agent['home'];
  readonly credentials: Agent['credentials'];
  readonly baseUrls: Agent['baseUrls'];
  readonly hosts: Agent['hosts'];
  readonly env: Agent['env'];
  readonly seeds: Agent['seeds'];
  readonly managed: Agent['managed'];
  /** An image of the engine's, or `host`. */
  readonly image: string;
  readonly install: string;
  readonly share: boolean;
  readonly status: Partial<StatusRules>;
}

const words = list(text(), 'a list of arguments is needed');

const program: Read<Agent['command']> = reader({...words.schema, minItems: 1}, spot => {
  const [first, ...rest] = words(spot);
  if (first === undefined) throw wrong(spot, 'a program is needed, and its arguments');
  return [first, ...rest];
});

/** Arguments with a place for what is put into them. */
const wordsWith = (place: string): Read<readonly string[]> =>
  reader(words.schema, spot => {
    const found = words(spot);
    if (found.some(word => word.includes(place))) return found;
    throw wrong(spot, `one of the arguments has to hold ${place}`);
  });

const isVariable = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name);
const variablesAre = 'a variable is named by letters, digits and _';

const variable = textAs(name => {
  if (!isVariable(name)) throw new Error(variablesAre);
  return name;
}, 'the name of a variable is needed');

const value: Read<string> = reader(text().schema, spot =>
  // An empty value is one.
  spot.value.is === 'scalar' && spot.value.value === '' ? '' : text()(spot),
);

function checkHost(found: string): string {
  if (!/^\.?(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*$/i.test(found))
    throw new Error('a host such as api.example.com or .example.com is needed');
  return found.toLowerCase();
}

const env = record(value, isVariable, variablesAre);

/** Below the home, and not all of it. */
function checkHomePath(found: string): string {
  const parts = found.split('/');
  if (path.isAbsolute(found) || parts[0] === '~' || parts.some(part => part === '..' || part === '.' || part === ''))
    throw new Error('a path below your home is needed, such as .config/my-agent');
  if (/^\*+$/.test(parts[0] ?? '')) throw new Error('that is your whole home: name what the agent works with');
  return found;
}

const homePath = textAs(checkHomePath, 'a path below your home is needed, such as .config/my-agent');
const longHomePath = withAll<HomePath, 'path'>(['path'], {path: homePath, without: list(text())});
const home: Read<HomePath> = reader({anyOf: [homePath.schema, longHomePath.schema]}, spot =>
  spot.value.is === 'map' ? longHomePath(spot) : {path: homePath(spot)},
);

const seedFields = withAll<Seed, 'path' | 'format' | 'content'>(['path', 'format', 'content'], {
  path: homePath,
  format: oneOf(['json', 'text']),
  content: reader({type: ['object', 'string']}, spot => plain(spot) as Seed['content']),
  when: variable,
  unless: homePath,
});
const seed: Read<Seed> = reader(seedFields.schema, spot => {
  const made = seedFields(spot);
  const {format, content} = made;
  const fits = format === 'text' ? typeof content === 'string' : typeof content === 'object' && !Array.isArray(content);
  if (!fits || content === null)
    throw wrong(spot, `\`content:\` has to be ${format === 'text' ? 'a text' : 'settings'}`);
  return made;
});

const managed = withAll<ManagedFile, 'path' | 'content'>(['path', 'content'], {
  path: textAs(found => {
    if (path.posix.normalize(found) !== found || !/^\/(etc|run\/trails)\/[^/]/.test(found))
      throw new Error('a path below /etc or /run/trails is needed');
    return found;
  }),
  content: text(),
});

const modeFields = someOf<NonNullable<NonNullable<Agent['modes']>[Mode]>>(
  {args: words, env},
  'a list of arguments is needed, or settings `args:` and `env:`',
);
const mode: typeof modeFields = reader({anyOf: [words.schema, modeFields.schema]}, spot =>
  spot.value.is === 'list' ? {args: words(spot)} : modeFields(spot),
);

const pattern = textAs(patternOf, 'a regular expression is needed');
const patterns = list(pattern, 'a list of regular expressions is needed');
const claim = {status: oneOf(statuses), kind: oneOf(kinds)};

const screenFields = withAll<ScreenRule, 'id' | 'status'>(['id', 'status'], {
  ...{...claim, id: text(), all: patterns, says: patterns, none: patterns, coloured: patterns, always: flag},
  ...{detail: pattern, rows: wholeNumber(1, mostRows)},
});
const screenRule: Read<ScreenRule> = reader(screenFields.schema, spot => {
  const rule = screenFields(spot);
  if ((rule.all ?? []).length === 0 && (rule.says ?? []).length === 0)
    throw wrong(spot, '`all:` or `says:` needs a pattern: without any it applies to every screen');
  return rule;
});

const status = someOf<StatusRules>({
  screen: list(screenRule, 'a list of rules is needed'),
  titles: list(
    withAll<TitleRule, 'id' | 'status' | 'title'>(['id', 'status', 'title'], {
      ...{...claim, id: text(), title: pattern, weak: flag},
    }),
    'a list of rules is needed',
  ),
  hooks: list(
    withAll<HookRule, 'event'>(['event'], {
      ...{
        ...claim,
        event: text(),
        of: text(),
        tool: text(),
        begins: oneOf(['always', 'idle']),
        unless: oneOf(statuses),
      },
    }),
    'a list of rules is needed',
  ),
});

/** Everything that may stand below `agents.NAME`. */
export const readEntry: Read<Partial<Entry>> = someOf<Entry>({
  like: described('The agent it starts from.', text('the name of an agent is needed')),
  title: described('What a person calls it.', text()),
  command: described('The program and its arguments.', program),
  args: described('What `-- ARGS` does: `append` to the command, or `replace` it.', oneOf(['append', 'replace'])),
  prompt: described('The arguments that give it a first prompt, with {prompt} in them.', wordsWith('{prompt}')),
  resume: described(
    'The arguments that go on with a conversation: the `last:` one, or `one:` by its {id}.',
    withAll<NonNullable<Agent['resume']>, 'last'>(['last'], {last: words, one: wordsWith('{id}')}),
  ),
  modes: described(
    'The arguments and variables of each mode: how much it does without asking.',
    someOf(Object.fromEntries(modes.map(one => [one, mode])) as Record<Mode, typeof mode>),
  ),
  home: described(
    'Paths below your home of which it gets a copy.',
    list(home, 'a list of paths below your home is needed'),
  ),
  credentials: described(
    'Variables with its keys: it gets those that are set where it is started.',
    list(variable, 'a list of variables is needed'),
  ),
  baseUrls: described('Variables that tell it where its model is.', list(variable, 'a list of variables is needed')),
  hosts: described('Hosts it needs to reach.', list(textAs(checkHost), 'a list of hosts is needed')),
  env: described('Variables it gets, with their values. No place for keys.', env),
  seeds: described('Files that are put into its home unless they are there.', list(seed)),
  managed: described('Files below /etc or /run/trails that it reads and cannot change.', list(managed)),
  image: described(
    'The image it runs in: one of the engine, or `host`.',
    textAs(found => {
      if (!isImageReference(found)) throw new Error('an image of the engine is needed, or `host`');
      return found;
    }),
  ),
  install: described('How to get it on this machine.', text()),
  share: described('It works with the files of your own home instead of a copy.', flag),
  status: described('How its status is read off its screen, its titles and its hooks.', status),
});
