import path from 'node:path';
import {Option} from '@commander-js/extra-typings';
import type {Recovery} from '../sessions/port.ts';
import {reasonLines} from './change-text.ts';
import {cleanLine} from './clean.ts';
import {withPort} from './context.ts';
import type {Group} from './group.ts';
import {table} from './table.ts';

const iso = (at: number): string => new Date(at).toISOString();
const day = (at: number): string => iso(at).slice(0, 10);

const recoveryJson = ({removedAt, expiresAt, ...rest}: Recovery) => ({
  ...rest,
  removedAt: iso(removedAt),
  expiresAt: iso(expiresAt),
});

const row = ({id, name, removedAt, expiresAt, changes, source}: Recovery): readonly string[] => [
  cleanLine(name),
  id,
  day(removedAt),
  day(expiresAt),
  `${changes.files} ${changes.files === 1 ? 'file' : 'files'}, +${changes.added} −${changes.removed}`,
  cleanLine(source),
];

export const addRestore: Group = (program, context) => {
  const {print} = context;
  program
    .command('restore')
    .description('list the work of removed sessions, or bring it back')
    .argument('[id]', 'name, id, or the beginning of an id')
    .option('--to <dir>', 'into this new directory, instead of a branch of the repository')
    .addOption(new Option('--prune', 'forget what is past its 30 days; with an id, that one').conflicts('to'))
    .option('--json', 'print it as JSON')
    .action(async (id, {to, prune = false, json = false}) => {
      await withPort(context, async port => {
        if (prune) {
          const gone = await port.pruneRecoveries(id === undefined ? {} : {id});
          for (const {name} of gone) print.note(`forgot the work of ${cleanLine(name)}`);
          if (gone.length === 0) print.note('nothing is past its 30 days');
          return json ? print.json(gone.map(recoveryJson)) : undefined;
        }
        if (id === undefined) {
          const all = await port.recoveries();
          if (json) return print.json(all.map(recoveryJson));
          if (all.length === 0) return print.note('no work of removed sessions is kept');
          const head = ['NAME', 'ID', 'REMOVED', 'KEPT UNTIL', 'CHANGES', 'OF'];
          for (const line of table([head, ...all.map(row)])) await print.line(line);
          return;
        }
        const place = to === undefined ? {} : {to: path.resolve(context.cwd(), to)};
        const {branch, directory, refused} = await port.restore(id, place);
        for (const line of reasonLines(refused)) print.note(`left out: ${line}`);
        if (json) return print.json({branch, directory, refused});
        await print.line(cleanLine(branch ?? directory));
        if (branch !== null)
          print.note(`a branch of ${cleanLine(directory)}: git -C ${cleanLine(directory)} merge ${cleanLine(branch)}`);
      });
    });
};
