import path from 'node:path';
import {buildSync} from 'esbuild';
import type {SessionsPort} from '../../src/sessions/port.ts';
import type {Scripts} from '../support/model-server/script.ts';
import type {Seen} from '../support/model-server/server.ts';
import {scripts} from './scripts.ts';

const port = '9999';

/** The scripted model as one text that Node runs. */
const program = (): string => {
  const entry = path.resolve('test/support/model-server/main.ts');
  const built = buildSync({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  });
  return built.outputFiles[0]!.text;
};

export interface Model {
  readonly seen: readonly Seen[];
  /** The first request of this script since it was last asked for; waits until there is one. */
  asked(script: string): Promise<Seen>;
  stop(): void;
}

/** Runs the scripted model beside the agent, in its sandbox, where loopback is all the network there is. `own`: scripts of this one alone. */
export async function startModel(sessions: SessionsPort, ref: string, own: Scripts = {}): Promise<Model> {
  const known = JSON.stringify({...scripts, ...own});
  const handle = await sessions.exec(ref, {argv: ['node', '-e', program(), port, known]});
  const seen: Seen[] = [];
  let listeners: (() => void)[] = [];
  let rest = '';
  let errors = '';
  let listening = false;
  const next = () => new Promise<void>(resolve => listeners.push(resolve));
  const wake = () => {
    const all = listeners;
    listeners = [];
    for (const listener of all) listener();
  };
  const decoder = new TextDecoder();
  handle.onOutput((stream, bytes) => {
    if (stream === 'stderr') errors += decoder.decode(bytes);
    else {
      const lines = (rest + decoder.decode(bytes, {stream: true})).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const said = JSON.parse(line) as Seen | {readonly listening: number};
        if ('listening' in said) listening = true;
        else seen.push(said);
      }
    }
    wake();
  });
  let over = false;
  void handle.exit.then(() => {
    over = true;
    wake();
  });
  while (!listening) {
    if (over) throw new Error(`the scripted model has ended: ${errors}`);
    await next();
  }
  const taken = new Set<Seen>();
  return {
    seen,
    async asked(script) {
      for (;;) {
        const found = seen.find(one => one.script === script && !taken.has(one));
        if (found) {
          taken.add(found);
          return found;
        }
        if (over) throw new Error(`the scripted model has ended: ${errors}`);
        await next();
      }
    },
    stop: () => handle.kill(),
  };
}
