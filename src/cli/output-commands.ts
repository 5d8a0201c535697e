import {Option} from '@commander-js/extra-typings';
import {cleanColoured, cleanText} from './clean.ts';
import {withPort} from './context.ts';
import type {Group} from './group.ts';
import {wholeNumber} from './numbers.ts';

const name = ['<name>', 'name, id, or the beginning of either'] as const;

export const addLogs: Group = (program, context) => {
  const {print} = context;
  program
    .command('logs')
    .description("print a session's output as plain text")
    .argument(...name)
    .option('-f, --follow', 'go on with what comes')
    .option('-n, --tail <lines>', 'only the last lines', wholeNumber('--tail'))
    .addOption(new Option('--json', 'print the lines as JSON').conflicts('follow'))
    .action(async (ref, {follow = false, tail, json}) => {
      await withPort(context, async (port, signal) => {
        const kept: string[] = [];
        for await (const {lines} of port.logs(ref, {follow, ...(tail === undefined ? {} : {tail})}, signal)) {
          if (json) kept.push(...lines);
          else for (const line of lines) await print.line(cleanText(line));
        }
        if (json) await print.json(kept);
      });
    });
};

export const addScreen: Group = (program, context) => {
  const {print} = context;
  program
    .command('screen')
    .description('print what is on the screen of a session')
    .argument(...name)
    .option('--ansi', 'keep the colours')
    .option('--json', 'print size, cursor, title and lines as JSON')
    .action(async (ref, {ansi, json}) => {
      const frame = await withPort(context, port => port.screen(ref));
      const clean = ansi ? cleanColoured : cleanText;
      const lines = frame.lines.map(line => clean(line));
      if (json) {
        const {size, cursor, title} = frame;
        await print.json({size, cursor, title: cleanText(title), lines});
        return;
      }
      for (const line of lines) await print.line(ansi && line.includes('\x1b') ? `${line}\x1b[0m` : line.trimEnd());
    });
};
