import path from 'node:path';
import {run} from '../../lib/exec.ts';

/**
 * What of a person's git configuration is meant for any machine. Everything else runs a program of theirs (helpers, filters, editors,
 * pagers, hooks, signing), names a file of theirs, or holds a password.
 */
const kept: Readonly<Record<string, RegExp>> = {
  user: /^(name|email|useconfigonly)$/,
  author: /^(name|email)$/,
  committer: /^(name|email)$/,
  init: /^defaultbranch$/,
  core: /^(autocrlf|eol|safecrlf|whitespace|quotepath|abbrev|ignorecase|precomposeunicode|commentchar)$/,
  alias: /./,
  color: /./,
  column: /./,
  advice: /./,
  pretty: /./,
  pull: /./,
  push: /./,
  rebase: /^(?!(instructionformat)$)/,
  merge: /^(conflictstyle|ff|log|renames|renamelimit|autostash|stat|directoryrenames)$/,
  diff: /^(algorithm|colormoved|colormovedws|renames|renamelimit|mnemonicprefix|noprefix|context|interhunkcontext|indentheuristic|submodule|relative|wserrorhighlight)$/,
  fetch: /^(prune|prunetags|all|parallel|writecommitgraph)$/,
  branch: /^(autosetupmerge|autosetuprebase|sort)$/,
  tag: /^sort$/,
  commit: /^(cleanup|verbose|status)$/,
  log: /^(abbrevcommit|date|decorate|follow|showsignature|graphcolors)$/,
  status: /./,
  rerere: /./,
  stash: /./,
  blame: /^(coloring|date|showemail|showroot|markignoredlines|markunblamablelines)$/,
  grep: /^(linenumber|column|patterntype|extendedregexp|fullname)$/,
  format: /^pretty$/,
  versionsort: /./,
};

/** Only where there is something to sign with. */
const signing: Readonly<Record<string, RegExp>> = {
  user: /^signingkey$/,
  commit: /^gpgsign$/,
  tag: /^(gpgsign|forcesignannotated)$/,
};

/** An alias with a `!` is a program. */
const mayCome = (section: string, key: string, value: string, signs: boolean): boolean =>
  (kept[section]?.test(key) || (signs && signing[section]?.test(key)) || false) &&
  !(section === 'alias' && value.trimStart().startsWith('!'));

const quoted = (text: string): string =>
  `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;

/** What `git config --list -z` prints, as a configuration with only what may come along. */
export function portable(listed: string, signs = false): string {
  const lines = listed.split('\0').flatMap(one => {
    const [name = '', ...rest] = one.split('\n');
    const [, section = '', sub, key = ''] = /^([^.]+)(?:\.(.*))?\.([^.]+)$/s.exec(name) ?? [];
    const value = rest.join('\n');
    // With a name alone, as with a carriage return, it means what it cannot be written as.
    if (rest.length === 0 || /[\r\b]/.test(one) || sub?.includes('\n') || !mayCome(section, key, value, signs))
      return [];
    return [`[${section}${sub === undefined ? '' : ` ${quoted(sub)}`}]\n\t${key} = ${quoted(value)}\n`];
  });
  return lines.join('');
}

/** The user's configuration of git, without what would run programs of this machine or fail without them; with `signs` also how it signs. "" without one. */
export async function gitConfigOf(home: string, configHome: string | undefined, signs = false): Promise<string> {
  const files = [path.join(configHome || path.join(home, '.config'), 'git/config'), path.join(home, '.gitconfig')];
  const read = async (file: string) => {
    const env = {GIT_CONFIG_NOSYSTEM: '1', HOME: home, LC_ALL: 'C'};
    const args = ['config', '--file', file, '--includes', '--list', '-z'];
    const {exitCode, stdout} = await run('git', args, {cwd: '/', env, timeoutMs: 5000, mostBytes: 2 ** 20});
    return exitCode === 0 ? portable(stdout, signs) : '';
  };
  return (await Promise.all(files.map(read))).join('');
}
