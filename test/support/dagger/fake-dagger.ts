import {chmodSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

/** How the fake CLI fails; `boxes`: it does not, and runs services in boxes. */
export type Fault = 'exits' | 'silent' | 'old' | 'old-engine' | 'wrong-token' | 'boxes';

export type Switch = 'engine-gone' | 'upload-refused';

/** A directory to be on PATH, with a `dagger` in it, and the variables with which to call it. */
export function fakeDagger(directory: string, fault?: Fault) {
  const bin = path.join(directory, 'bin');
  const control = path.join(directory, 'control');
  mkdirSync(bin, {recursive: true});
  mkdirSync(control, {recursive: true});
  const program = fileURLToPath(new URL('fake-cli.ts', import.meta.url));
  writeFileSync(path.join(bin, 'dagger'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(path.join(bin, 'dagger'), 0o755);
  return {
    env: {
      PATH: `${bin}:${process.env.PATH}`,
      FAKE_DAGGER_CONTROL: control,
      ...(fault === undefined ? {} : {FAKE_DAGGER: fault}),
    },
    turnOn: (name: Switch) => writeFileSync(path.join(control, name), ''),
    turnOff: (name: Switch) => rmSync(path.join(control, name), {force: true}),
  };
}
