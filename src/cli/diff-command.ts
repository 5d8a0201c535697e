import {Option} from '@commander-js/extra-typings';
import {countLine, fileLines, paintDiffLine, reasonLines} from './change-text.ts';
import {cleanText} from './clean.ts';
import {type Context, withPort} from './context.ts';
import type {Group} from './group.ts';

/** Pieces of text as whole lines. */
async function* linesOf(pieces: AsyncIterable<string>): AsyncIterable<string> {
  let held = '';
  for await (const piece of pieces) {
    const lines = (held + piece).split('\n');
    held = lines.pop() ?? '';
    yield* lines;
  }
  if (held !== '') yield held;
}

export const addDiff: Group = (program, context: Context) => {
  const {print} = context;
  program
    .command('diff')
    .description('what a session changed and nobody has applied')
    .argument('<name>', 'name, id, or the beginning of either')
    .argument('[path...]', 'only these files, as --stat names them')
    .option('--stat', 'a line for each file')
    .addOption(new Option('--json', 'the files as JSON').conflicts('stat'))
    .action(async (ref, paths, {stat = false, json = false}) => {
      await withPort(context, async (port, signal) => {
        const all = await port.changes(ref, signal);
        const files = paths.length === 0 ? all.files : all.files.filter(({path}) => paths.includes(path));
        const {refused, version} = all;
        if (json) {
          const [added, removed] = (['added', 'removed'] as const).map(of =>
            files.reduce((sum, file) => sum + file[of], 0),
          );
          return print.json({files, added, removed, refused, version});
        }
        if (stat) {
          for (const line of fileLines(files, print.paint)) await print.line(line);
          if (files.length > 0) await print.line(countLine(files));
        } else if (files.length > 0) {
          const query = {version, ...(paths.length === 0 ? {} : {paths})};
          for await (const line of linesOf(port.patch(ref, query, signal)))
            await print.line(paintDiffLine(cleanText(line), print.paint));
        }
        if (files.length === 0) print.note(paths.length === 0 ? 'nothing changed' : 'nothing changed there');
        for (const line of reasonLines(refused)) print.note(`not looked at: ${line}`);
      });
    });
};
