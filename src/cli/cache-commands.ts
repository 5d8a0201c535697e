import {InvalidArgumentError} from '@commander-js/extra-typings';
import {parseDuration} from '../lib/duration.ts';
import type {KeptInfo} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import {withPort} from './context.ts';
import type {Group} from './group.ts';
import {table} from './table.ts';
import {age, bytes} from './units.ts';

const monthMs = 30 * 86_400_000;

const keptJson = ({changedAt, ...rest}: KeptInfo) => ({
  ...rest,
  changedAt: changedAt === null ? null : new Date(changedAt).toISOString(),
});

function duration(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}

export const addCache: Group = (program, context) => {
  const {print, clock} = context;
  const cache = program.command('cache').description('what outlives sessions: caches of tools, kept homes, toolpacks');
  cache
    .command('ls')
    .description('list them with their sizes')
    .option('--json', 'print as JSON')
    .action(async ({json = false}) => {
      const all = await withPort(context, (port, signal) => port.kept(signal));
      if (json) return print.json(all.map(keptJson));
      if (all.length === 0) return print.note('nothing is kept yet');
      const rows = all.map(({kind, name, bytes: size, changedAt, usedBy, path}) => [
        ...[kind, cleanLine(name), bytes(size), changedAt === null ? '-' : age(clock.now() - changedAt)],
        ...[cleanLine(usedBy.join(', ')) || '-', cleanLine(path)],
      ]);
      for (const line of table([['KIND', 'NAME', 'SIZE', 'CHANGED', 'USED BY', 'PATH'], ...rows]))
        await print.line(line);
    });
  cache
    .command('prune')
    .description('remove caches that nobody has written in for 30 days; a kept home only by its name')
    .argument('[names...]', 'of tools, such as npm, and AGENT/NAME of kept homes')
    .option('--unused <time>', 'instead of 30 days, such as 7d', duration)
    .option('--all', 'however new they are')
    .option('--json', 'print as JSON')
    .action(async (names, {unused = monthMs, all = false, json = false}) => {
      const {removed, left} = await withPort(context, port => port.pruneKept({names, unusedMs: all ? 0 : unused}));
      if (json) return print.json({removed: removed.map(keptJson), left});
      for (const {name, bytes: size} of removed) print.note(`removed ${cleanLine(name)}, ${bytes(size)}`);
      for (const {name, why} of left) print.note(`left ${cleanLine(name)}: ${cleanLine(why)}`);
      if (removed.length + left.length === 0) print.note('there is nothing to remove');
    });
  cache
    .command('repair')
    .description('mend owners and modes, and take away what killed tools left')
    .option('--json', 'print as JSON')
    .action(async ({json = false}) => {
      const lines = await withPort(context, port => port.repairKept());
      if (json) return print.json(lines);
      for (const line of lines) print.note(cleanLine(line));
      if (lines.length === 0) print.note('nothing was to be mended');
    });
};
