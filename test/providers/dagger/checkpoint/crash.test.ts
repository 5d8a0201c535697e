import {execFileSync} from 'node:child_process';
import {mkdirSync, readdirSync, rmSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {run} from '../../../../src/lib/exec.ts';
import {insideMissing, localLink} from '../../../support/dagger/local-link.ts';
import {temporaryDirectory} from '../../../support/home.ts';

const program = path.resolve('test/support/dagger/checkpoint-program.ts');

function scene() {
  const home = temporaryDirectory();
  const inside = localLink(home).inside('work');
  const outside = path.join(home, 'outside');
  mkdirSync(outside);
  const work = (what: string, fault = '') => run(process.execPath, [program, home, what], {env: {TRAILS_FAULT: fault}});
  const shell = (script: string) => execFileSync('sh', ['-c', `cd ${inside} && ${script}; chown -hR 1000:1000 .`]);
  return {home, inside, outside, work, shell};
}

const snapshot = (directory: string): string =>
  execFileSync('sh', [
    '-c',
    'cd "$0" && find . \\( -type f -exec sh -c \'for f; do echo "$f $(cat "$f")"; done\' sh {} + \\) -o \\( ! -type f -print \\) | sort',
    directory,
  ]).toString();

const before =
  'mkdir -p a/b .git/refs .git/objects/ab; for i in 1 2 3; do echo old > a/b/$i; echo old > .git/refs/$i; done; ln -s a l; echo f > turns';
const after =
  'rm -r l a/b/1 turns; mkdir turns l; echo x > turns/in; echo new > a/b/2; echo new > .git/refs/2; rm .git/refs/3; echo o > .git/objects/ab/1';

const older = ['checkpoint.received'];
const newer = ['committed', 'removed', 'file', 'files', 'state', 'stale', 'swept', 'brought'].map(
  step => `checkpoint.${step}`,
);

test.skipIf(insideMissing).each(
  [...older, ...newer].flatMap(step => [
    [step, 'changed'],
    [step, 'whole'],
  ]),
)(
  'a crash of ours at %s leaves it the older or the newer one (%s)',
  async (step, kind) => {
    const {inside, outside, home, work, shell} = scene();
    shell(before);
    expect((await work('take')).exitCode).toBe(0);
    const old = snapshot(outside);
    expect(old).toBe(snapshot(inside));
    shell(after);
    if (kind === 'whole') rmSync(path.join(home, 'run/seen'), {recursive: true});
    expect((await work('take', step)).exitCode).toBe(-1);
    const isOlder = older.includes(step!);
    // And once more in the middle of putting it right.
    expect((await work('recover', 'checkpoint.files')).exitCode).toBe(isOlder ? 0 : -1);
    expect((await work('recover')).exitCode).toBe(0);
    expect(snapshot(outside)).toBe(isOlder ? old : snapshot(inside));
    expect((await work('take')).exitCode).toBe(0);
    expect(snapshot(outside)).toBe(snapshot(inside));
    expect(readdirSync(path.join(home, 'state'))).toEqual(['workspace.listing']);
  },
  20_000,
);
