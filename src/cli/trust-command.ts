import path from 'node:path';
import {Option} from '@commander-js/extra-typings';
import {AppError} from '../errors.ts';
import type {CreateRequest, ProjectView, SessionsPort, TrustedProject} from '../sessions/port.ts';
import {confirm, needAnswer} from './ask.ts';
import {cleanLine} from './clean.ts';
import {type Context, terminalSize, withPort} from './context.ts';
import type {Group} from './group.ts';
import {table} from './table.ts';

const trustedJson = ({at, ...rest}: TrustedProject) => ({...rest, at: new Date(at).toISOString()});

async function projectIn(context: Context, port: SessionsPort, directory: string): Promise<ProjectView> {
  const about: CreateRequest = {
    ...{agent: '', args: [], repo: directory, env: {}, limits: {}, size: terminalSize(context)},
  };
  const {project} = await port.resolve(about);
  if (project && project.trust !== 'gone') return project;
  throw new AppError('PROJECT_MISSING', `${directory} has no .trails.yaml, nor has its repository`, {
    ...(project ? {hint: 'The one that was trusted is gone: `trails trust --revoke` forgets it.'} : {}),
  });
}

/** Everything the file says; of a changed one also what has come and gone since it was trusted. */
async function show({print}: Context, {file, trust, says, added, removed}: ProjectView): Promise<void> {
  const mark = (words: string) => (trust === 'changed' ? (added.includes(words) ? '+ ' : '  ') : '');
  await print.line(`${cleanLine(file)} says:`);
  for (const words of says) await print.line(`  ${mark(words)}${cleanLine(words)}`);
  for (const words of removed) await print.line(`  - ${cleanLine(words)}`);
  if (says.length === 0) await print.line('  nothing');
}

async function trust(
  context: Context,
  port: SessionsPort,
  directory: string,
  {yes, json}: {readonly yes: boolean; readonly json: boolean},
): Promise<void> {
  const {print} = context;
  const project = await projectIn(context, port, directory);
  if (json) return print.json(yes ? await port.trust(directory, project.digest) : project);
  await show(context, project);
  if (project.trust === 'trusted') return print.note('It is trusted as it is.');
  if (project.trust === 'changed') print.note('It was trusted as it was before: + is new, - is gone.');
  if (!yes) {
    needAnswer(context, 'trails trust', '--yes');
    if (!(await confirm(context, 'Let every session of this repository be so?')))
      return print.note('It is not trusted.');
  }
  await port.trust(directory, project.digest);
  print.note('It is trusted, until it changes.');
}

export const addTrust: Group = (program, context) => {
  const {print} = context;
  program
    .command('trust')
    .description('show what the .trails.yaml of a repository asks for, and let its sessions be so')
    .argument('[dir]', 'the repository, or a directory in it', '.')
    .addOption(new Option('--list', 'list what is trusted').conflicts(['revoke', 'yes']))
    .addOption(new Option('--revoke', 'trust it no longer').conflicts('yes'))
    .option('--yes', 'agree without being asked')
    .option('--json', 'print it as JSON; agrees to nothing without --yes')
    .action(async (dir, {list = false, revoke = false, yes = false, json = false}) => {
      const directory = path.resolve(context.cwd(), dir);
      await withPort(context, async port => {
        if (list) {
          const all = await port.trusted();
          if (json) return print.json(all.map(trustedJson));
          if (all.length === 0) return print.note('nothing is trusted');
          const rows = all.map(({repo, at, now}) => [cleanLine(repo), new Date(at).toISOString().slice(0, 10), now]);
          for (const line of table([['REPOSITORY', 'SINCE', 'NOW'], ...rows])) await print.line(line);
          return;
        }
        if (!revoke) return trust(context, port, directory, {yes, json});
        const revoked = await port.revokeTrust(directory);
        if (json) return print.json({revoked});
        print.note(revoked ? 'It is trusted no longer.' : 'It was not trusted.');
      });
    });
};
