import {createHash} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {privateDirectory, writeWhole} from '../../../lib/files.ts';
import type {EnvironmentSpec} from '../../provider.ts';
import {apparmorState} from '../../sandbox/apparmor.ts';
import {hardeningOf} from '../../sandbox/hardening.ts';
import type {CreateInput} from './input.ts';

/** Where the engine reads a seccomp profile: a file that is named by what is in it. Throws STATE_UNUSABLE. */
function seccompFile(state: string, text: string): string {
  const directory = privateDirectory(path.join(state, 'seccomp'));
  const file = path.join(directory, `${createHash('sha256').update(text).digest('hex').slice(0, 16)}.json`);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeWhole(file, text);
  return file;
}

/** What of a create call's input holds the environment. */
export const sandboxInput = (state: string, spec: EnvironmentSpec): Pick<CreateInput, 'seccompFile' | 'apparmor'> => ({
  seccompFile: seccompFile(state, hardeningOf(spec).seccomp),
  // The kernel takes none from an engine without root.
  apparmor: process.getuid?.() === 0 && apparmorState().loaded,
});
