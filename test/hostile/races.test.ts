import {spawn} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {AppError} from '../../src/errors.ts';
import {patienceMs} from './attack.ts';
import {openScene, type Scene, secret} from './scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

const never = new AbortController().signal;

/** Runs a script over and over beside what the test does. */
async function meanwhile(directory: string, script: string, work: () => Promise<void>): Promise<void> {
  const env = {...process.env, OUTSIDE: scene.outside};
  const child = spawn('sh', ['-c', `while :; do ${script}; done 2>/dev/null`], {cwd: directory, env, stdio: 'ignore'});
  const gone = new Promise(resolve => child.once('exit', resolve));
  try {
    await work();
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
}

/** With a command, where one is to be had, that meets the secret when it looks often enough. */
const swaps: readonly (readonly [name: string, script: string, plain?: string])[] = [
  [
    'a directory and a link to a secret one',
    'mv dir was; ln -s "$OUTSIDE/dir" dir; rm dir; mv was dir',
    'dir/inner.txt',
  ],
  ['a file and a link to a secret', 'ln -sf "$OUTSIDE/secret" file.txt; rm file.txt; echo $$ > file.txt', 'file.txt'],
  ['a file and a FIFO', 'rm -f file.txt; mkfifo file.txt; rm file.txt; echo x > file.txt'],
  ['.gitignore and a FIFO', 'rm -f .gitignore; mkfifo .gitignore; rm .gitignore; echo x > .gitignore'],
  ['a directory and a file', 'rm -rf turns; mkdir turns; echo x > turns/x; rm -r turns; echo y > turns'],
  ['a file that grows', 'head -c 100000 /dev/zero >> grows'],
];

test.for(swaps)('%s take turns while it is looked at', {timeout: patienceMs}, async ([, script, plain]) => {
  const session = await scene.create();
  scene.plant(session, 'echo new > new.txt; rm dir/inner.txt; echo other > dir/inner.txt');
  const before = scene.surroundings();
  await meanwhile(session.workspace.path, script, async () => {
    if (plain) {
      const often = `n=0; until grep -q secret ${plain}; do n=$((n+1)); test $n -gt 20000 && exit; done; "$CANARY" hit`;
      scene.canary.plainly(often, session.workspace.path);
      expect(scene.canary.fired()).toEqual(['hit']);
    }
    for (let look = 0; look < 15; look++) {
      const {files, version} = await scene.port.changes(session.id);
      expect(files.map(file => file.path)).toContain('new.txt');
      let patch = '';
      for await (const piece of scene.port.patch(session.id, {version}, never)) patch += piece;
      expect(patch).not.toContain(secret);
    }
  });
  await scene.port.remove(session.id, {force: true});
  expect(scene.surroundings()).toEqual(before);
});

test('files that change all the time: what comes is one state that was looked at', {timeout: patienceMs}, async () => {
  const session = await scene.create();
  scene.plant(session, 'mkdir n; for i in $(seq 50); do echo 0 > n/$i; done');
  // Each round is whole in a file that takes the place of the one before.
  const round = 'r=$((r+1)); for i in $(seq 50); do echo $r > .t; mv .t n/$i; done';
  let applied = 0;
  await meanwhile(session.workspace.path, round, async () => {
    for (let turn = 0; turn < 5; turn++) {
      const plan = await scene.port.planApply(session.id, {how: 'files', theirs: true});
      let patch = '';
      for await (const piece of scene.port.patch(session.id, {version: plan.version}, never)) patch += piece;
      try {
        await scene.port.apply(session.id, {how: 'files', theirs: true, version: plan.version});
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'WORKSPACE_CHANGED') throw error;
        continue;
      }
      applied++;
      for (const name of readdirSync(path.join(scene.user, 'n'))) {
        const text = readFileSync(path.join(scene.user, 'n', name), 'utf8');
        expect(patch, `n/${name} is as it was shown`).toContain(`b/n/${name}\n@@`);
        expect(patch.split(`+++ b/n/${name}\n`)[1]?.split('diff --git')[0]).toContain(`\n+${text}`);
      }
    }
  });
  expect(applied).toBeGreaterThan(0);
});

test('what the sandbox prints without end is cut off, and the files come all the same', {
  timeout: patienceMs,
}, async () => {
  await scene.close();
  let printed = 0;
  let killed = false;
  scene = await openScene(provider => ({
    ...provider,
    async exec(id, argv, options) {
      if (!argv.at(-1)?.includes('bundle create')) return provider.exec(id, argv, options);
      const piece = Buffer.alloc(2 ** 22, 'no bundle\n');
      let [paused, tell, end] = [false, (_: 'stdout', __: Uint8Array) => {}, (_: number) => {}];
      const exit = new Promise<number>(resolve => {
        end = resolve;
      });
      const print = () => {
        if (killed || paused) return;
        printed += piece.byteLength;
        tell('stdout', piece);
        setImmediate(print);
      };
      return {
        stdin: {write: async () => {}, end: () => {}},
        onOutput(listener) {
          tell = listener;
          print();
        },
        pause() {
          paused = true;
        },
        resume() {
          paused = false;
          print();
        },
        resize: async () => {},
        exit,
        kill() {
          killed = true;
          end(137);
        },
      };
    },
  }));
  const session = await scene.create();
  scene.plant(session, 'echo new > new.txt; echo something > .git/refs/heads/changed');
  const {refused, files} = await scene.port.planApply(session.id, {});
  expect(killed).toBe(true);
  expect(printed).toBeLessThan(2.2 * 2 ** 30);
  expect(refused).toEqual([{path: 'commits', why: expect.stringContaining('more than 2 GB came out')}]);
  expect(files.map(file => file.path)).toEqual(['new.txt']);
});
