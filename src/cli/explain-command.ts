import path from 'node:path';
import {type CommandUnknownOpts, Option} from '@commander-js/extra-typings';
import {AppError} from '../errors.ts';
import type {Explanation} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import type {Capture, Context} from './context.ts';
import {wholeNumber} from './numbers.ts';
import {table} from './table.ts';

/** A larger one is nobody's terminal. */
const largest = 1000;

const cells = (option: string) => (text: string) => {
  const count = wholeNumber(option)(text);
  if (count < 1 || count > largest) throw new AppError('USAGE', `${option} is a number from 1 to ${largest}`);
  return count;
};

const said = ({status, kind}: Explanation): string => (kind === null ? status : `${status} (${kind})`);

/** Below `trails agents`: what tells why a session had the status it had, from what was captured of its screen. */
export const addExplain = (agents: Pick<CommandUnknownOpts, 'command'>, context: Context): void => {
  const {print, cwd} = context;
  agents
    .command('explain')
    .description("say which status an agent's captured screen or output means, and by which rule")
    .argument('<agent>', 'its name, as in `trails agents`')
    .addOption(
      new Option('--screen <file>', 'a screen: rows of text, colours as SGR codes; `trails screen NAME --ansi`'),
    )
    .addOption(new Option('--recording <file>', 'raw output of its terminal').conflicts('screen'))
    .option('--title <text>', 'what its window was called, with a screen')
    .option('--columns <n>', "the terminal's width", cells('--columns'))
    .option('--rows <n>', "the terminal's height", cells('--rows'))
    .option('--json', 'print it as JSON')
    .action(async (agent, {screen, recording, title, columns, rows}, command) => {
      // The group has the option, too, and takes it first.
      const {json = false}: {readonly json?: boolean} = command.optsWithGlobals();
      const file = screen ?? recording;
      if (file === undefined) throw new AppError('USAGE', 'give what was captured: --screen FILE or --recording FILE');
      if (recording !== undefined && title !== undefined)
        throw new AppError('USAGE', '--title goes with --screen: a recording has its titles in it');
      const capture: Capture = {
        file: path.resolve(cwd(), file),
        ...(title === undefined ? {} : {title}),
        ...(columns === undefined ? {} : {columns}),
        ...(rows === undefined ? {} : {rows}),
      };
      if (recording !== undefined) {
        const found = await context.explain.recording(agent, capture);
        if (json) return print.json(found);
        const steps = found.steps.map(step => [String(step.at), said(step), step.rule, step.detail].map(cleanLine));
        for (const line of table([['BYTES', 'STATUS', 'RULE', 'DETAIL'], ...steps], {right: [0]}))
          await print.line(line);
        return;
      }
      const found = await context.explain.screen(agent, capture);
      if (json) return print.json(found);
      const facts = [
        ['status', print.paint('bold', said(found))],
        ['source', found.source],
        ['rule', cleanLine(found.rule)],
        ...(found.detail === '' ? [] : [['detail', cleanLine(found.detail)]]),
      ];
      for (const line of table(facts.map(([label = '', text = '']) => [print.paint('dim', label), text])))
        await print.line(line);
    });
};
