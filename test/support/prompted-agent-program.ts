import {appendFileSync} from 'node:fs';
import {type Habits, promptedAgent} from './prompted-agent.ts';

// The agent of the tests in a real terminal: habits as JSON, and the file for what it takes.
const [habits = '{}', file = ''] = process.argv.slice(2);
process.stdin.setRawMode(true);
promptedAgent(JSON.parse(habits) as Habits, {
  size: () => ({columns: process.stdout.columns, rows: process.stdout.rows}),
  print: text => void process.stdout.write(text),
  onInput: listener => void process.stdin.on('data', listener),
  after: (ms, call) => void setTimeout(call, ms),
  took: prompt => appendFileSync(file, `${JSON.stringify(prompt)}\n`),
});
