import {existsSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../errors.ts';
import {privateDirectory, writeWhole} from '../lib/files.ts';
import {settings} from '../lib/settings.ts';
import {cleanLine} from './clean.ts';
import type {Context} from './context.ts';
import type {Group} from './group.ts';
import {table} from './table.ts';

async function everySetting(context: Context) {
  const pairs = settings.map(async ({key}) => [key, await context.config.get(key)] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

/** Beside the settings, for editors that complete by a schema: it moves with them, and needs no network. */
const schemaFile = 'config.schema.json';

const template = (): string =>
  [
    `# yaml-language-server: $schema=./${schemaFile}`,
    '# What is not set here has its default. `trails config get` prints what is in force.',
    ...settings.map(({key, fallback, meaning}) => `# ${key} (${fallback}): ${meaning}`),
    '# agents: agents of your own, and changes to those that Trails knows; docs/agents.md tells how.',
    '',
  ].join('\n');

const schemaText = (schema: object): string => `${JSON.stringify(schema, undefined, 2)}\n`;

/** Opens the file in the user's editor and checks what came out of it. */
async function edit(context: Context): Promise<void> {
  const {env, config, runHere} = context;
  const [editor = 'vi', ...args] = (env.VISUAL || env.EDITOR || 'vi').split(/\s+/).filter(Boolean);
  const directory = privateDirectory(path.dirname(config.path));
  writeWhole(path.join(directory, schemaFile), schemaText(await context.schema('config')));
  if (!existsSync(config.path)) writeWhole(config.path, template());
  const exitCode = await runHere(editor, [...args, config.path]);
  if (exitCode !== 0) {
    throw new AppError('USAGE', `The editor ${cleanLine(editor)} ended with ${exitCode}`, {
      hint: 'Set EDITOR to the one you use.',
    });
  }
  await config.check();
}

export const addConfig: Group = (program, context) => {
  const {print} = context;
  const config = program.command('config').description('read and change the settings');
  config
    .command('get')
    .description('print one setting, or all of them')
    .argument('[key]', 'such as limits.memory')
    .option('--json', 'print as JSON')
    .action(async (key, {json}) => {
      const found = key === undefined ? await everySetting(context) : {[key]: await context.config.get(key)};
      if (json) await print.json(found);
      else if (key !== undefined) await print.line(cleanLine(String(found[key])));
      else {
        const rows = Object.entries(found).map(([name, value]) => [name, cleanLine(String(value))]);
        for (const line of table(rows)) await print.line(line);
      }
    });
  config
    .command('set')
    .description('change one setting')
    .argument('<key>', 'such as limits.memory')
    .argument('<value>')
    .action(async (key, value) => {
      const taken = await context.config.set(key, value);
      print.note(`${cleanLine(key)} is ${cleanLine(String(taken))}`);
    });
  config
    .command('path')
    .description('print where the file is')
    .action(() => print.line(context.config.path));
  config
    .command('check')
    .description('say what is wrong in the file, each mistake with its line and column')
    .action(async () => {
      await context.config.check();
      print.note(
        existsSync(context.config.path) ? 'Nothing is wrong with it' : 'There is none: everything has its default',
      );
    });
  config
    .command('schema')
    .description('print the JSON schema of the file, for editors')
    .option('--project', 'of .trails.yaml instead, which a repository has at its root')
    .action(async ({project = false}) => print.out(schemaText(await context.schema(project ? 'project' : 'config'))));
  config
    .command('edit')
    .description('open the file in your editor, and check it afterwards')
    .action(() => edit(context));
};
