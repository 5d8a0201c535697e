import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {fileURLToPath} from 'node:url';
import type {CommandUnknownOpts} from '@commander-js/extra-typings';
import type {Agent} from '../src/agents/agent.ts';
import {knownAgents} from '../src/agents/known/known.ts';
import {createContext} from '../src/cli/context.ts';
import {createProgram} from '../src/cli/program.ts';
import {schemas} from '../src/composition/schemas.ts';
import {machineTable} from '../src/doctor/table.ts';
import {hostGroups} from '../src/egress/policy/host-groups.ts';
import {AppError, errorCodes} from '../src/errors.ts';
import {systemClock} from '../src/lib/clock.ts';
import {configAt} from '../src/lib/config.ts';
import {settings} from '../src/lib/settings.ts';
import {checksOf} from '../src/providers/podman/findings.ts';
import {misfits} from '../src/sessions/launch/provider-fit.ts';
import {keymap, keysTable} from '../src/ui/keymap/keymap.ts';
import {calls, wireErrors} from './api-docs.ts';
import {code, table} from './markdown.ts';
import {sandboxRegions} from './sandbox-docs.ts';

// The parts of the documents that come from the program's own data. A test fails when they differ: `npm run docs`.

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

const never = (): never => {
  throw new Error('documents run no command');
};

function program(): CommandUnknownOpts {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const context = createContext(
    {
      ...{stdin, stdout, stderr, env: {}, clock: systemClock, version: '', config: configAt('/')},
      ...{openPort: never, startDashboard: never, runAttach: never, runHere: never, onInterrupt: never, cwd: never},
      doctor: never,
      setup: {missing: never, plan: never},
      daemon: {run: never, keep: never, start: never, stop: never, status: never},
      explain: {screen: never, recording: never},
      schema: never,
    },
    undefined,
  );
  return createProgram(context);
}

const isShown = (command: CommandUnknownOpts): boolean => !command.name().startsWith('__');

function commandSection(command: CommandUnknownOpts, before: string): string {
  const full = `${before} ${command.name()}`;
  const below = command.commands.filter(isShown);
  const sections = below.map(one => commandSection(one, full));
  // A group that does nothing by itself has no options either.
  if (below.length > 0 && command.options.length === 0) return sections.join('\n\n');
  const usage = command
    .usage()
    .replace(/^\[options\] ?/, '')
    .replace(/ ?\[command\]$/, '');
  const rows = [
    ...command.registeredArguments.map(one => [
      code(one.required ? `<${one.name()}>` : `[${one.name()}]`),
      one.description,
    ]),
    ...command.options
      .filter(one => !one.hidden)
      .map(one => [
        code(one.flags),
        [one.description, ...(one.argChoices ? [`one of ${one.argChoices.join(', ')}`] : [])].join('; '),
      ]),
  ];
  const head = `### ${code(`${full} ${usage}`.trim())}\n\n${sentence(command.description())}`;
  return [head, ...(rows.length > 0 ? [table(['', ''], rows)] : []), ...sections].join('\n\n');
}

function commands(): string {
  const tree = program();
  const shared = tree.options.map(one => [code(one.flags), one.description]);
  const sections = tree.commands.filter(isShown).map(one => commandSection(one, 'trails'));
  return [
    '`trails` alone opens the dashboard. These go with every command:',
    table(['', ''], shared),
    ...sections,
  ].join('\n\n');
}

function errors(): string {
  const rows = errorCodes.map(name => {
    const {exitCode, hint} = new AppError(name, '');
    return [code(name), String(exitCode), hint];
  });
  return table(['Code', 'Exit', 'Hint, unless there is a better one'], rows);
}

const settingsTable = (): string =>
  table(
    ['Setting', 'Default', 'Meaning'],
    settings.map(({key, fallback, meaning}) => [code(key), code(String(fallback)), meaning]),
  );

const listed = (words: readonly string[]): string => words.map(code).join(' ');

/** Those that a reader looks for first: some agents take the keys of every maker of models. */
const shownKeys = 4;
const keysOf = ({credentials}: Agent): string => {
  const more = credentials.length - shownKeys;
  return more < 2 ? listed(credentials) : `${listed(credentials.slice(0, shownKeys))} and ${more} more`;
};

/** Without what lies in another of them. */
const homeOf = ({home}: Agent): string =>
  listed(
    home.filter(one => !home.some(({path: outer}) => one.path.startsWith(`${outer}/`))).map(one => `~/${one.path}`),
  );

/** The version that `images/` pins, where it is one of the agent's own. */
function pinnedVersion({image}: Agent): string {
  const text = readFileSync(path.join(root, 'images', image, 'Containerfile'), 'utf8');
  return image === 'base' ? '' : (/^ARG [A-Z]+_VERSION=(.+)$/m.exec(text)?.[1] ?? '');
}

const agents = (): string =>
  table(
    ['`--agent`', '', 'Modes', 'Credentials', 'Of your home', 'Version of its image', 'Get it on this machine'],
    knownAgents.map(agent => [
      code(agent.name),
      agent.title,
      listed(Object.keys(agent.modes ?? {})),
      keysOf(agent),
      homeOf(agent),
      pinnedVersion(agent),
      agent.install.startsWith('see ') || agent.name === 'shell' ? agent.install : code(agent.install),
    ]),
  );

/** The engine's own by the names that Podman's have. */
const checks = (): string =>
  table(
    ['Check', 'What', 'Why it matters', 'What mends it', 'Set-up'],
    [...machineTable, ...checksOf('podman')].map(check => [
      code(check.id),
      check.title,
      check.why,
      check.fix,
      'mend' in check ? 'yes' : '',
    ]),
  );

const groups = (): string =>
  table(
    ['Word', 'Hosts'],
    Object.entries(hostGroups).map(([word, hosts]) => [code(word), listed(hosts)]),
  );

const misfitsTable = (): string =>
  table(
    ['Asked for', 'The provider', 'Instead'],
    misfits.map(({asked, words, hint}) => [code(asked), words, hint]),
  );

const everyKey = (): string => keysTable().trim();

/** The dashboard's own, of which a newcomer needs to know. */
const keys = (): string =>
  table(
    ['Key', 'What it does'],
    keymap
      .filter(({where}) => where === 'dashboard')
      .map(({shown, description}) => [shown.split(' ').map(code).join(' '), description]),
  );

/** Drawn from the real program by scripts/picture.ts. */
const picture = () =>
  '![The dashboard: one session waits for an answer, its screen beside the list](docs/dashboard.svg)';

type Regions = Readonly<Record<string, () => string>>;

const documents: Readonly<Record<string, Regions>> = {
  'README.md': {picture, keys},
  'docs/keys.md': {keys: everyKey},
  'docs/cli.md': {errors, commands},
  'docs/agents.md': {agents},
  'docs/network.md': {groups},
  'docs/api.md': {'wire-errors': wireErrors, calls},
  'docs/files.md': {settings: settingsTable},
  'docs/doctor.md': {checks},
  'docs/providers.md': {misfits: misfitsTable},
  'docs/security.md': sandboxRegions,
};

/** The text with everything between `<!-- name -->` and `<!-- /name -->` replaced. */
export function withRegion(text: string, name: string, content: string): string {
  const region = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!region.test(text)) throw new Error(`There is no region "${name}"`);
  return text.replace(
    region,
    (_, open: string, close: string) => `${open}\n${content === '' ? '' : `${content}\n\n`}${close}`,
  );
}

/** As biome would format it. */
const schemaText = (schema: object): string => `${JSON.stringify(schema, undefined, 2)}\n`;

/** Each document as it should be, and the schemas of the files that people write. */
export function renderDocuments(): ReadonlyMap<string, string> {
  const rendered = new Map<string, string>();
  for (const [file, regions] of Object.entries(documents)) {
    let text = readFileSync(path.join(root, file), 'utf8');
    for (const [name, render] of Object.entries(regions)) text = withRegion(text, name, render());
    rendered.set(file, text);
  }
  for (const [name, schema] of Object.entries(schemas)) rendered.set(`schema/${name}.schema.json`, schemaText(schema));
  return rendered;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [file, text] of renderDocuments()) writeFileSync(path.join(root, file), text);
}
