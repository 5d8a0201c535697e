import {execFileSync} from 'node:child_process';
import {chmodSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {howToInstall, lackingIn, probe} from '../../../src/providers/dagger/recipe/tools.ts';
import {temporaryDirectory} from '../../support/home.ts';

// Those of this machine that the probe would find besides are taken out of its reach.
const alone = probe.replace(':/usr/local/sbin:/usr/sbin:/sbin', '');

const printedWith = (programs: readonly string[]) => {
  const bin = temporaryDirectory();
  for (const program of programs) {
    writeFileSync(path.join(bin, program), '#!/bin/sh\n');
    chmodSync(path.join(bin, program), 0o755);
  }
  return execFileSync('/bin/sh', ['-c', alone], {env: {PATH: bin}, encoding: 'utf8'});
};

test('the probe finds what is there', () => {
  expect(lackingIn(printedWith(['perl', 'setpriv', 'sshd', 'tar', 'git']))).toEqual([]);
});

test('what is not there is named, with what brings it', () => {
  const lacking = lackingIn(printedWith(['perl', 'tar']));
  expect(lacking.map(tool => tool.anyOf[0])).toEqual(['setpriv', 'dropbear', 'git']);
  expect(howToInstall(lacking)).toBe('apt-get install -y --no-install-recommends util-linux dropbear-bin git');
});

test('an image may print what it likes: only the known names count', () => {
  expect(lackingIn('perl\u001b[31m\n/bin/setpriv\ndropbear sshd\n').map(tool => tool.anyOf[0])).toEqual(
    expect.arrayContaining(['perl', 'setpriv', 'dropbear']),
  );
});
