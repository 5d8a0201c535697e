import {withPort} from './context.ts';
import {findingLines, verdict} from './finding-text.ts';
import type {Group} from './group.ts';

/** Wider lines are hard to read. */
const widest = 100;

export const addDoctor: Group = (program, context) => {
  program
    .command('doctor')
    .description('say what this machine has and what is missing, with the way to mend it')
    .option('--json', 'print the findings as JSON')
    .action(async ({json = false}) => {
      const {print, stdout} = context;
      const {provider, dev} = context.globals;
      const findings = await context.doctor({
        ...{provider: dev ? 'mock' : provider, json},
        ask: () => withPort(context, (port, signal) => port.doctor(signal)),
      });
      if (json) await print.json(findings.map(({fix = null, ...finding}) => ({...finding, fix})));
      else {
        const columns = Math.min(Math.max(stdout.columns || 80, 40), widest);
        for (const line of findingLines(findings, print.paint, columns)) await print.line(line);
        await print.line('');
        await print.line(verdict(findings));
      }
      if (findings.some(({state}) => state === 'missing')) context.exitCode = 69;
    });
};
