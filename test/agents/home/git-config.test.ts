import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {gitConfigOf, portable} from '../../../src/agents/home/git-config.ts';
import {run} from '../../../src/lib/exec.ts';
import {temporaryDirectory} from '../../support/home.ts';

/** What git makes of a configuration. */
async function meaning(text: string): Promise<readonly string[]> {
  const file = path.join(temporaryDirectory(), 'config');
  writeFileSync(file, text);
  const {exitCode, stdout} = await run('git', ['config', '--file', file, '--list', '-z']);
  expect(exitCode).toBe(0);
  return stdout.split('\0').filter(Boolean);
}

test("a person's name, habits and aliases come along, with every character", async () => {
  const home = temporaryDirectory();
  writeFileSync(path.join(home, 'more'), '[user]\n\temail = ada@example.org\n');
  writeFileSync(
    path.join(home, '.gitconfig'),
    '[user]\n\tname = "Ada \\"the\\" L; # no comment"\n[include]\n\tpath = more\n[alias]\n\tlg = log --graph\n\tst = status\n[color "diff"]\n\tmeta = yellow bold\n[pull]\n\trebase = true\n',
  );
  expect(await meaning(await gitConfigOf(home, undefined))).toEqual([
    'user.name\nAda "the" L; # no comment',
    'user.email\nada@example.org',
    'alias.lg\nlog --graph',
    'alias.st\nstatus',
    'color.diff.meta\nyellow bold',
    'pull.rebase\ntrue',
  ]);
});

test('nothing comes along that runs a program, names a file, or holds a password', async () => {
  const listed = [
    'credential.helper\n!steal',
    'credential.https://example.org.helper\nstore',
    'core.sshcommand\nssh -i key',
    'core.hookspath\n/home/ada/hooks',
    'core.fsmonitor\n/home/ada/watch',
    'core.pager\ndelta',
    'core.editor\ncode --wait',
    'core.excludesfile\n/home/ada/.ignore',
    'include.path\n/etc/passwd',
    'includeif.gitdir:~/work/.path\nwork',
    'commit.gpgsign\ntrue',
    'gpg.program\n/opt/gpg',
    'user.signingkey\nABC',
    'filter.lfs.process\ngit-lfs filter-process',
    'diff.external\n/opt/difft',
    'diff.image.textconv\nexif',
    'merge.mine.driver\n/opt/merge %A',
    'alias.boom\n!rm -rf ~',
    'alias.later\n  !id',
    'url.https://token@example.org/.insteadof\nhttps://example.org/',
    'http.extraheader\nAuthorization: Bearer x',
    'sendemail.smtppass\nsecret',
    'github.token\nsecret',
    'init.templatedir\n/home/ada/template',
    'interactive.difffilter\ndelta',
    'sequence.editor\nvim',
    'user.name\nAda\rx',
    'nonsense',
  ].join('\0');
  expect(portable(`${listed}\0`)).toBe('');
  // Where there is something to sign with, how it is signed comes, too.
  expect(await meaning(portable(`${listed}\0`, true))).toEqual(['commit.gpgsign\ntrue', 'user.signingkey\nABC']);
});

test('where there is none, or it is broken, there is none', async () => {
  const home = temporaryDirectory();
  expect(await gitConfigOf(home, undefined)).toBe('');
  writeFileSync(path.join(home, '.gitconfig'), '[user\nname');
  expect(await gitConfigOf(home, '/no/such/place')).toBe('');
});
