import type {Bench} from './bench.ts';
import {busy} from './busy.ts';
import {daemon} from './daemon.ts';
import {detector} from './detector.ts';
import {egress} from './egress/egress.ts';
import {firstFrame} from './first-frame.ts';
import {idle} from './idle.ts';
import {keyEcho} from './key-echo.ts';
import {newSession} from './new-session.ts';
import {sandbox} from './sandbox.ts';
import {send} from './send.ts';
import {status} from './status.ts';
import {type Measured, table} from './table.ts';
import {terminal} from './terminal.ts';
import {throughput} from './throughput.ts';
import {workspaces} from './workspaces.ts';

const benches: readonly Bench[] = [
  firstFrame,
  daemon,
  newSession,
  sandbox,
  keyEcho,
  send,
  throughput,
  terminal,
  detector,
  idle,
  busy,
  workspaces,
  status,
  egress,
];

const words = process.argv.slice(2);
const json = words.includes('--json');
const wanted = words.filter(word => !word.startsWith('--'));
const unknown = [
  ...wanted.filter(name => !benches.some(bench => bench.name === name)),
  ...words.filter(word => word.startsWith('--') && word !== '--json'),
];

async function main(): Promise<number> {
  if (unknown.length > 0) {
    process.stderr.write(`error: there is no bench ${unknown.join(', ')}\n`);
    process.stderr.write(`hint: npm run bench -- [--json] [${benches.map(({name}) => name).join('|')}]...\n`);
    return 64;
  }
  const measured: Measured[] = [];
  let broken = 0;
  for (const {name, title, notes, measure} of benches.filter(one => wanted.length === 0 || wanted.includes(one.name))) {
    const say = (progress: string) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${name}: ${progress}`);
    };
    try {
      measured.push({bench: name, title, notes, rows: await measure(say)});
    } catch (error) {
      broken += 1;
      process.stderr.write(`${name} broke off: ${(error as Error).stack}\n`);
    }
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  process.stdout.write(json ? `${JSON.stringify(measured, undefined, 2)}\n` : table(measured));
  return broken > 0 ? 70 : 0;
}

// A missed target is a figure to read, not a failure: the machine may be busy with something else.
process.exitCode = await main();
