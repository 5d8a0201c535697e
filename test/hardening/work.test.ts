import {existsSync, mkdirSync, realpathSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {run} from '../../src/lib/exec.ts';
import type {Mount} from '../../src/providers/provider.ts';
import {type Hardening, openHardening, type Sandboxed} from './sandbox.ts';

const tools = '/opt/trails-test';
const said = async (file: string, ...args: string[]): Promise<string | undefined> => {
  const {exitCode, stdout} = await run(file, args);
  return exitCode === 0 ? stdout.trim() : undefined;
};

const npm = realpathSync((await said('sh', '-c', 'command -v npm')) ?? '/');
const rust = await said('rustc', '--print', 'sysroot');
const go = ['/usr/local/go/bin/go', '/usr/bin/go'].find(existsSync);
const python = '/usr/bin/python3';
const hasVenv = (await said(python, '-c', 'import ensurepip, venv')) !== undefined;

/** Of this machine, read-only: a Node of our own, npm with what lies beside it, this repository's packages. */
const mounts: readonly Mount[] = [
  {source: process.execPath, target: `${tools}/node`, readOnly: true},
  {source: path.resolve('node_modules'), target: `${tools}/node_modules`, readOnly: true},
  ...(npm.startsWith('/usr/')
    ? []
    : [{source: path.dirname(path.dirname(npm)), target: `${tools}/npm`, readOnly: true}]),
  ...(rust === undefined ? [] : [{source: rust, target: `${tools}/rust`, readOnly: true}]),
];
const npmInside = npm.startsWith('/usr/') ? npm : `${tools}/npm/bin/${path.basename(npm)}`;

interface Work {
  readonly name: string;
  readonly script: string;
  readonly says: RegExp;
  /** What it needs is on this machine. */
  readonly there?: boolean;
}

const platform = `linux-${process.arch}`;

const works: readonly Work[] = [
  {
    name: 'git: commits, merges, worktrees, gc, clones, fsck',
    script: `git init -q -b main r && cd r && git config user.name a && git config user.email a@b
      for i in $(seq 60); do echo $i > f$i; git add f$i; git commit -qm $i; done
      git checkout -qb other HEAD~3 && echo x > other && git add other && git commit -qm other && git checkout -q main
      git merge -q -m merged other && git worktree add -q ../w other && git gc --aggressive --prune=now -q && git repack -adq
      cd .. && git clone -q r c && git clone -q --no-local --depth 2 r d && git -C c fsck --full && git -C c log --oneline | wc -l`,
    says: /^62$/m,
  },
  {
    name: 'npm ci, with an install script that runs a program it brought',
    script:
      'cd npm && node "$NPM" ci --offline --no-audit --no-fund --loglevel=error && node_modules/.bin/esbuild app.ts --bundle --minify',
    says: /="typed";console\.log/,
  },
  {
    name: 'tsc',
    script: `mkdir -p ts && echo 'const text: string = "typed"; console.log(text); export {text};' > ts/a.ts
      node ${tools}/node_modules/typescript/bin/tsc --outDir ts/out --module esnext ts/a.ts && node --input-type=module < ts/out/a.js`,
    says: /^typed$/m,
  },
  {
    name: 'make and gcc, and what they made',
    there: existsSync('/usr/bin/gcc') && existsSync('/usr/include/stdio.h'),
    script: `echo '#include <stdio.h>\nint main(void) { puts("compiled"); return 0; }' > a.c && gcc -O2 -pipe -o a a.c && ./a`,
    says: /^compiled$/m,
  },
  {
    name: 'a virtual environment of Python with a wheel in it',
    there: hasVenv,
    script: `${python} -m venv v && v/bin/python wheel.py && v/bin/pip install -q --no-index ./made-1.0-py3-none-any.whl
      v/bin/python -c 'import made, multiprocessing as m; print(made.word, m.Pool(2).map(abs, [-1, -2]))'`,
    says: /^wheeled \[1, 2\]$/m,
  },
  {
    name: 'go run, which runs what it has just made',
    there: go !== undefined,
    // With no package at all: the library alone takes a busy machine minutes to compile.
    script: `mkdir -p g && cd g && printf 'package main\\nfunc main() { println("ran") }\\n' > main.go && GOTOOLCHAIN=local ${go} run main.go`,
    says: /^ran$/m,
  },
  {
    name: 'cargo test',
    there: rust !== undefined && existsSync('/usr/bin/cc'),
    script: `export PATH="${tools}/rust/bin:$PATH"; cargo new -q --lib --vcs none parcel && cd parcel && cargo test -q --offline`,
    says: /1 passed/,
  },
];

const wheel = `import zipfile
with zipfile.ZipFile('made-1.0-py3-none-any.whl', 'w') as z:
    z.writestr('made.py', 'word = "wheeled"\\n')
    z.writestr('made-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: made\\nVersion: 1.0\\n')
    z.writestr('made-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    z.writestr('made-1.0.dist-info/RECORD', 'made.py,,\\nmade-1.0.dist-info/METADATA,,\\nmade-1.0.dist-info/WHEEL,,\\nmade-1.0.dist-info/RECORD,,\\n')
`;

/** A project whose packages are archives beside it, so that no registry is asked. */
async function npmProject(directory: string): Promise<void> {
  mkdirSync(directory);
  const packages = ['esbuild', `@esbuild/${platform}`];
  const dependencies: Record<string, string> = {};
  const locked: Record<string, object> = {};
  for (const name of packages) {
    const archive = `${name.replace(/\W/g, '-')}.tgz`;
    await run('tar', [
      '-czf',
      path.join(directory, archive),
      '-C',
      path.resolve('node_modules', name),
      '--transform',
      's,^\\.,package,',
      '.',
    ]);
    dependencies[name] = `file:${archive}`;
    const bin = name === 'esbuild' ? {bin: {esbuild: 'bin/esbuild'}, hasInstallScript: true} : {};
    locked[`node_modules/${name}`] = {version: '0.0.0', resolved: `file:${archive}`, ...bin};
  }
  const about = {name: 'p', version: '1.0.0', dependencies};
  writeFileSync(path.join(directory, 'package.json'), JSON.stringify(about));
  const lock = {name: 'p', version: '1.0.0', lockfileVersion: 3, packages: {'': about, ...locked}};
  writeFileSync(path.join(directory, 'package-lock.json'), JSON.stringify(lock));
  writeFileSync(path.join(directory, 'app.ts'), 'const word: string = "typed"; console.log(word);');
}

describe('real work in a strict sandbox', {timeout: 240_000}, () => {
  let hardening: Hardening;
  let sandbox: Sandboxed;
  beforeAll(async () => {
    hardening = await openHardening();
    sandbox = await hardening.open({mounts, limits: {memoryBytes: 2 * 2 ** 30, cpus: 2, pids: 512}});
    writeFileSync(path.join(sandbox.spec.workspace, 'wheel.py'), wheel);
    await npmProject(path.join(sandbox.spec.workspace, 'npm'));
    await run('chmod', ['-R', 'a+rwX', sandbox.spec.workspace]);
    await run('chown', ['-R', `--reference=${sandbox.spec.workspace}`, sandbox.spec.workspace]);
  }, 600_000);
  afterAll(() => hardening?.close(), 60_000);

  for (const {name, script, says, there = true} of works)
    test(name, async ({skip}) => {
      if (!there) skip('what it needs is not on this machine');
      const {exitCode, text} = await sandbox.sh(`PATH=${tools}:$PATH NPM=${npmInside}; export PATH NPM; ${script}`);
      expect(text).toMatch(says);
      expect(exitCode, text).toBe(0);
    });
});
