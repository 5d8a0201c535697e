import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {systemClock} from '../../../../src/lib/clock.ts';
import {createCheckpoints} from '../../../../src/providers/dagger/checkpoint/checkpoints.ts';
import {insideMissing, localLink} from '../../../support/dagger/local-link.ts';
import {temporaryDirectory} from '../../../support/home.ts';

/** Commits, branches, packed refs, packed objects: without end. */
const busy = `
set -e
git init -q -b main . && git config gc.auto 0
mkdir -p vendor && git init -q -b main vendor/lib
echo vendor > .gitignore
i=0
while :; do
  i=$((i + 1))
  echo $i > file-$((i % 7)); git add -A . 2>/dev/null; git commit -q -m "number $i"
  git branch -f side-$((i % 5)) HEAD
  (cd vendor/lib && echo $i > x && git add x && git commit -q -m $i)
  [ $((i % 4)) != 0 ] || git pack-refs --all
  [ $((i % 6)) != 0 ] || git repack -q -a -d
  [ $((i % 11)) != 0 ] || git gc -q --prune=now
  echo $i
done`;

const identity = {GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b'};

test.skipIf(insideMissing)(
  `each checkpoint of a git at work is a whole one (${insideMissing ?? 'real'})`,
  async () => {
    const home = temporaryDirectory();
    const link = localLink(home);
    const inside = link.inside('work');
    const outside = path.join(home, 'outside');
    mkdirSync(outside);
    const roots = [{name: 'workspace', inside: '/mnt/inside/work', outside}];
    const checkpoints = createCheckpoints({directory: path.join(home, 'state'), clock: systemClock});
    const env = {
      ...process.env,
      ...identity,
      HOME: inside,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
    };
    const agent = spawn('sh', ['-c', busy], {
      cwd: inside,
      env,
      uid: 1000,
      gid: 1000,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(agent, 'exit');
    const died = ended.then(([code]) => Promise.reject(new Error(`the agent ended with ${code}`)));
    died.catch(() => {});
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'safe.directory=*', ...args], {env, stdio: ['ignore', 'pipe', 'pipe']}).toString();
    const heads = new Set<string>();
    try {
      for (let seen = 0; seen < 25; seen++) {
        await Promise.race([once(agent.stdout, 'data'), died]);
        await checkpoints.take(link, roots);
        git('-C', outside, 'fsck', '--full', '--strict', '--no-dangling');
        git('-C', path.join(outside, 'vendor/lib'), 'fsck', '--full', '--no-dangling');
        git('-C', outside, 'diff', '--cached', '--stat');
        heads.add(git('-C', outside, 'rev-parse', 'HEAD'));
        expect(git('-C', outside, 'for-each-ref').split('\n').length).toBeGreaterThan(1);
      }
    } finally {
      agent.kill('SIGKILL');
      await ended;
    }
    expect(heads.size).toBeGreaterThan(5);
  },
  60_000,
);
