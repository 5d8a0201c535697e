import {readFileSync} from 'node:fs';
import {Worker} from 'node:worker_threads';
import {recoverWrites} from '../../src/workspaces/writing/recover-writes.ts';
import {writeFiles} from '../../src/workspaces/writing/write-files.ts';
import {contentOf, type Tree, writesBetween} from './file-tree.ts';

/** What the program is to do: with one process for each, it can be killed anywhere. */
export interface WriteTask {
  readonly work: 'write' | 'recover';
  readonly target: string;
  readonly journal: string;
  readonly before: Tree;
  readonly after: Tree;
  /** Ends like a crash at this step, counted from 0. */
  readonly killAtStep?: number;
  /** Ends like a crash so many milliseconds after the work began, wherever that is. */
  readonly killAfterMs?: number;
  /** Becomes this user first. */
  readonly uid?: number;
}

const task = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as WriteTask;
if (task.uid !== undefined) {
  process.setgroups?.([]);
  process.setgid?.(task.uid);
  process.setuid?.(task.uid);
}

/** From a thread of its own: this one may be in the middle of a call to the system. */
async function killLater(milliseconds: number): Promise<void> {
  const source = `
    const {parentPort, workerData} = require('node:worker_threads');
    parentPort.postMessage('ready');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, workerData);
    process.kill(process.pid, 'SIGKILL');`;
  const worker = new Worker(source, {eval: true, workerData: milliseconds});
  worker.unref();
  await new Promise(resolve => worker.once('message', resolve));
}

let steps = 0;
const onStep = () => {
  if (steps++ === task.killAtStep) process.kill(process.pid, 'SIGKILL');
};

if (task.killAfterMs !== undefined) await killLater(task.killAfterMs);
try {
  if (task.work === 'recover') await recoverWrites(task.journal, onStep);
  else {
    const {target, journal, before, after} = task;
    await writeFiles({target, journal, writes: writesBetween(before, after), content: contentOf(after), onStep});
  }
  process.stdout.write(`done after ${steps} steps`);
} catch (error) {
  process.stdout.write(String(error));
  process.exitCode = 1;
}
process.exit();
