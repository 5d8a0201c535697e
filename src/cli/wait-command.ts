import {AppError} from '../errors.ts';
import {type Status, statuses} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import {withPort} from './context.ts';
import type {Group} from './group.ts';
import {duration} from './numbers.ts';
import {sessionDetailJson} from './session-json.ts';

const isStatus = (word: string): word is Status => (statuses as readonly string[]).includes(word);

function statusesIn(text: string): readonly Status[] {
  const words = text.split(',').map(word => word.trim());
  const strange = words.find(word => !isStatus(word));
  if (strange !== undefined) {
    throw new AppError('USAGE', `"${cleanLine(strange).slice(0, 40)}" is no status`, {
      hint: `Statuses: ${statuses.join(', ')}.`,
    });
  }
  return words.filter(isStatus);
}

export const addWait: Group = (program, context) => {
  const {print} = context;
  program
    .command('wait')
    .description('wait until an agent has one of these statuses')
    .argument('<name>', 'name, id, or the beginning of either')
    .requiredOption('--for <statuses>', `one or more of ${statuses.join(', ')}`, statusesIn)
    .option('--timeout <time>', 'give up after so long, with code 124: 60s, 5m', duration('--timeout'))
    .option('--json', 'print the session as JSON')
    .action(async (name, {for: wanted, timeout, json}) => {
      const options = {statuses: wanted, ...(timeout === undefined ? {} : {timeoutMs: timeout})};
      const session = await withPort(context, (port, signal) => port.wait(name, options, signal));
      if (json) await print.json(sessionDetailJson(session));
      else await print.line(session.status.status);
    });
};
