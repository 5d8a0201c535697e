import {AppError} from '../errors.ts';
import {orAborted} from '../lib/or-aborted.ts';
import type {ExecHandle, SessionsPort} from '../sessions/port.ts';
import {attachProcess} from '../terminal/attach-process.ts';
import {cleanLine, createCleaner} from './clean.ts';
import {type CliDeps, type Context, needTerminal, terminalSize, withPort} from './context.ts';
import type {Group} from './group.ts';

const name = ['<name>', 'name, id, or the beginning of either'] as const;

/** Without the handling of Ctrl-C, which belongs to what runs on the terminal. */
async function withTerminal(context: Context, work: (port: SessionsPort, detachKey: string) => Promise<void>) {
  const {keys} = await context.config.load();
  const port = await context.openPort(context.globals);
  try {
    await work(port, keys.detach);
  } finally {
    await port.close();
  }
}

/** Hands the terminal to a session's agent and says how it ended. */
export async function attachTo(context: Context, port: SessionsPort, ref: string, detachKey: string): Promise<void> {
  const {print} = context;
  const shown = cleanLine((await port.get(ref)).name);
  const attachment = await port.attach(ref, terminalSize(context));
  const end = await context.runAttach({attachment, detachKey});
  if (end.reason === 'lost') throw new AppError('ENGINE_UNREACHABLE', `lost ${shown}: ${end.detail}`);
  if (end.reason === 'detached') print.note(`left ${shown}; it goes on: trails attach ${shown}`);
  else print.note(`${shown} ended${end.exitCode === null ? '' : ` with exit code ${end.exitCode}`}`);
}

async function handOver(context: Context, handle: ExecHandle, detachKey: string): Promise<void> {
  const end = await context.runAttach({attachment: attachProcess(handle), detachKey});
  if (end.reason === 'lost') throw new AppError('ENGINE_UNREACHABLE', `lost the command: ${end.detail}`);
  context.exitCode = end.reason === 'exited' ? (end.exitCode ?? 0) : 0;
}

export const addAttach: Group = (program, context) => {
  program
    .command('attach')
    .description("enter a session's terminal; ctrl-q leaves it, and the agent goes on")
    .argument(...name)
    .action(async ref => {
      needTerminal(context, 'trails attach');
      await withTerminal(context, (port, detachKey) => attachTo(context, port, ref, detachKey));
    });
};

export const addShell: Group = (program, context) => {
  program
    .command('shell')
    .description('open a shell beside the agent, in the same container')
    .argument(...name)
    .action(async ref => {
      needTerminal(context, 'trails shell');
      await withTerminal(context, async (port, detachKey) =>
        handOver(context, await port.shell(ref, terminalSize(context)), detachKey),
      );
    });
};

/** Feeds what comes on stdin, unless that is a person's keyboard, which a command without a terminal does not read. */
function feed({stdin}: CliDeps, handle: ExecHandle): () => void {
  if (stdin.isTTY) {
    handle.end();
    return () => {};
  }
  let over = false;
  const onData = (chunk: string | Uint8Array) => {
    stdin.pause();
    const room = handle.write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    void room.finally(() => over || stdin.resume());
  };
  const onEnd = () => handle.end();
  stdin.on('data', onData).once('end', onEnd).once('error', onEnd);
  return () => {
    over = true;
    stdin.off('data', onData).off('end', onEnd).off('error', onEnd);
    stdin.pause();
  };
}

/** Bytes as they are for a pipe or file; made safe where a person's terminal would obey them. */
async function runPlain(context: Context, port: SessionsPort, ref: string, argv: readonly [string, ...string[]]) {
  const {stdout, stderr, stop} = context;
  const starting = port.exec(ref, {argv});
  const handle = await orAborted(starting, stop.signal).catch(error => {
    // One that starts all the same is not wanted any more.
    starting.then(
      late => late.kill(),
      () => {},
    );
    throw error;
  });
  const outputs = {stdout: {to: stdout, clean: createCleaner()}, stderr: {to: stderr, clean: createCleaner()}};
  handle.onOutput((stream, bytes) => {
    const {to, clean} = outputs[stream];
    if (to.write(to.isTTY ? clean(bytes) : bytes)) return;
    handle.pause();
    to.once('drain', handle.resume);
  });
  const stopFeeding = feed(context, handle);
  const kill = () => handle.kill();
  stop.signal.addEventListener('abort', kill, {once: true});
  try {
    const exitCode = await handle.exit;
    stop.signal.throwIfAborted();
    return exitCode;
  } finally {
    stop.signal.removeEventListener('abort', kill);
    stopFeeding();
  }
}

export const addExec: Group = (program, context) => {
  program
    .command('exec')
    .description('run a command in a session and end with its exit code')
    .usage('[options] <name> -- <command...>')
    .argument(...name)
    .argument('[command...]', 'the command; behind -- it may have options')
    .option('-t, --tty', 'give it this terminal')
    .action(async (ref, words, {tty}) => {
      const [file, ...args] = [...words, ...(context.rest ?? [])];
      if (file === undefined) {
        throw new AppError('USAGE', 'trails exec needs a command', {
          hint: 'Write it behind --: `trails exec NAME -- ls -l`.',
        });
      }
      const argv = [file, ...args] as const;
      if (!tty) {
        context.exitCode = await withPort(context, port => runPlain(context, port, ref, argv), {cleansUp: true});
        return;
      }
      needTerminal(context, 'trails exec -t');
      await withTerminal(context, async (port, detachKey) =>
        handOver(context, await port.exec(ref, {argv, tty: terminalSize(context)}), detachKey),
      );
    });
};
