import type {AuditRow} from '../sessions/port.ts';
import {cleanLine, safeJson} from './clean.ts';
import {withPort} from './context.ts';
import type {Group} from './group.ts';
import {moment, wholeNumber} from './numbers.ts';
import {table} from './table.ts';

const usualRows = 200;
/** Shown before the new ones. */
const followedRows = 10;

const dated = (row: AuditRow) => ({...row, at: new Date(row.at).toISOString()});
const cells = (row: AuditRow) => {
  const {at, name, action, by, pid, detail, result} = dated(row);
  return [at, name, action, pid > 0 ? `${by} (${pid})` : by, detail, result].map(cleanLine);
};

export const addAudit: Group = (program, context) => {
  const {print, clock} = context;
  program
    .command('audit')
    .description('list what was done with sessions, by whom, the newest last')
    .argument('[name]', 'only of this session')
    .option('--limit <count>', 'the newest rows only', wholeNumber('--limit'))
    .option('--since <when>', 'only from then on: 2h, 30m, or a date', moment('--since', clock.now))
    .option('-f, --follow', 'go on with each new row until Ctrl-C')
    .option('--json', 'print them as JSON; with --follow one object a line')
    .action(async (name, {limit, since, follow = false, json}) => {
      const most = limit ?? (follow ? followedRows : since === undefined ? usualRows : undefined);
      const query = {
        ...(name === undefined ? {} : {ref: name}),
        ...(since === undefined ? {} : {since}),
        ...(most === undefined ? {} : {limit: most}),
        follow,
      };
      await withPort(context, async (port, signal) => {
        const rows = port.audit(query, signal);
        if (follow) {
          for await (const row of rows) await print.line(json ? safeJson(dated(row), 0) : cells(row).join('  '));
          return;
        }
        const all = await Array.fromAsync(rows);
        if (json) await print.json(all.map(dated));
        else if (all.length === 0) print.note('Nothing has been done yet.');
        else {
          const heads = ['WHEN', 'SESSION', 'WHAT', 'BY', 'DETAIL', 'RESULT'];
          for (const line of table([heads, ...all.map(cells)])) await print.line(line);
        }
      });
    });
};
