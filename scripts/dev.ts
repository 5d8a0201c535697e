import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {rmSync} from 'node:fs';
import path from 'node:path';
import {context, type Plugin} from 'esbuild';
import {entryOptions, programOptions, root} from './bundle.ts';

// Builds on every change and shows the dashboard of the newest build: `npm run dev`.

const options = {main: path.join(root, 'src/main.ts'), outdir: path.join(root, 'dist')};
const args = process.argv.length > 2 ? process.argv.slice(2) : ['--dev'];
/** What a program that was ended in mid-frame may have left: raw keys, the other screen, no cursor. */
const plainTerminal = '\x1b[?2026l\x1b[?2004l\x1b[?1049l\x1b[?25h\x1b[0m';

let running: ChildProcess | undefined;
let turn: Promise<void> = Promise.resolve();

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.removeAllListeners('exit');
  child.kill('SIGTERM');
  await once(child, 'exit');
  process.stdin.setRawMode?.(false);
  process.stdout.write(plainTerminal);
}

async function restart(): Promise<void> {
  if (running) await end(running);
  running = spawn(process.execPath, [path.join(options.outdir, 'main.js'), ...args], {stdio: 'inherit', cwd: root});
  running.once('exit', code => process.exit(code ?? 0));
}

const onBuilt: Plugin = {
  name: 'restart',
  setup(build) {
    build.onEnd(({errors}) => {
      // A broken build keeps the last dashboard on; esbuild has printed what is wrong.
      if (errors.length === 0) turn = turn.then(restart);
    });
  },
};

// The terminal is the dashboard's: its keys are not ours to act on.
process.on('SIGINT', () => {});
process.on('exit', () => running?.kill('SIGTERM'));
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));
rmSync(options.outdir, {recursive: true, force: true});
const program = programOptions(options);
const [entry, main] = await Promise.all([
  context(entryOptions(options)),
  context({...program, plugins: [...(program.plugins ?? []), onBuilt]}),
]);
await entry.rebuild();
await entry.dispose();
await main.watch();
