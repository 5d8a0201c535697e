import {existsSync, mkdirSync, renameSync} from 'node:fs';
import path from 'node:path';
import {run} from '../lib/exec.ts';
export async function removeTree(directory: string, trash: string): Promise<void> {
  if (!existsSync(directory)) return;
  mkdirSync(trash, {recursive: true});
  const to = path.join(trash, `${path.basename(directory)}-${Date.now()}`);
  renameSync(directory, to);
  await run('rm', ['-rf', to]);
}
