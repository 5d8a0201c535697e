import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll} from 'vitest';
import {type RunResult, run} from '../../src/lib/exec.ts';
import type {Tree} from './file-tree.ts';
import type {WriteTask} from './write-program.ts';

let count = 0;
// The program is started a hundred times: compiled once, it starts three times as fast.
const compiled = mkdtempSync(path.join(tmpdir(), 'trails-t-'));
afterAll(() => rmSync(compiled, {recursive: true, force: true}));

/** Does it in a process of its own; `fault` is a step of TRAILS_FAULT. */
export async function runWrite(
  home: string,
  task: Omit<WriteTask, 'target' | 'journal'>,
  fault = '',
): Promise<RunResult> {
  const file = path.join(home, `task-${count++}.json`);
  writeFileSync(
    file,
    JSON.stringify({...task, target: path.join(home, 'target'), journal: path.join(home, 'journal')}),
  );
  return run(process.execPath, [path.resolve('test/support/write-program.ts'), file], {
    env: {TRAILS_FAULT: fault, NODE_OPTIONS: '', NODE_COMPILE_CACHE: compiled},
    timeoutMs: 30_000,
  });
}

/** Two trees between which everything happens: more, less, edits, modes, links, and what changes places. */
export const restless: readonly [Tree, Tree] = [
  {
    edit: 'old text',
    mode: 'same',
    'less/deep/er': 'goes',
    'less/too': 'goes',
    link: '->edit',
    'file-to-directory': 'a file',
    'directory-to-file/in/side': 'goes',
    'directory-to-file/too': 'goes',
    'link-to-directory': '->edit',
    'stays/here': 'untouched',
  },
  {
    edit: 'new text',
    mode: 'x:same',
    link: '->mode',
    'file-to-directory/in/side': 'comes',
    'directory-to-file': 'a file',
    'link-to-directory/inside': 'comes',
    'more/deep/er': 'comes',
    'stays/here': 'untouched',
    'stays/new': 'x:comes',
  },
];
