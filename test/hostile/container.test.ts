import {mkdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {Readable} from 'node:stream';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {residentMb} from '../../bench/proc.ts';
import {AppError} from '../../src/errors.ts';
import {run} from '../../src/lib/exec.ts';
import {homeLabel, labels} from '../../src/sessions/context.ts';
import {daemonPid} from '../support/daemon.ts';
import {openTestPodman} from '../support/podman.ts';
import {type Canary, openCanary} from './canary.ts';
import {gitAttacks} from './git-settings.ts';
import {fileAttacks} from './odd-files.ts';
import {nameAttacks} from './odd-names.ts';
import {makeUser, secret} from './scene.ts';
import {stateOf} from './sentinel.ts';

const mostMb = 2048;
const unsafe = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** All of them at once, as far as they leave each other alone. */
const together = (attacks: readonly {readonly plant: string}[]) => attacks.map(({plant}) => `( ${plant} )`).join('\n');
const settings = gitAttacks.filter(
  ({name, unappliable}) =>
    !unappliable && !/^\.git|work tree|submodule|index|replaced|grafted|objects|hidden|exclude/i.test(name),
);

describe('an agent in a real container', {timeout: 240_000}, () => {
  let podman: Awaited<ReturnType<typeof openTestPodman>>;
  let home: string;
  let canary: Canary;
  let user: ReturnType<typeof makeUser>;
  let next = 0;
  beforeAll(async () => {
    podman = await openTestPodman();
  });
  afterAll(async () => podman?.close());
  beforeEach(() => {
    home = path.join(podman.home, `person-${++next}`);
    mkdirSync(home);
    canary = openCanary(home, path.join(home, 'outside'));
    user = makeUser(home, canary.program);
    canary.fired();
  });

  const said: string[] = [];
  const trails = async (...args: string[]) => {
    const result = await run(process.execPath, [path.resolve('dist/main.js'), ...args], {
      ...{env: {TRAILS_HOME: podman.home, GIT_CONFIG_GLOBAL: path.join(home, 'gitconfig')}, timeoutMs: 220_000},
    });
    said.push(result.stdout, result.stderr);
    expect(result.exitCode, `trails ${args[0]}: ${result.stderr.slice(0, 2000)}`).not.toBe(70);
    return result;
  };
  afterEach(() => {
    const all = said.splice(0).join('\n');
    expect(unsafe.exec(all), 'nothing that drives a terminal is printed').toBeNull();
    expect(all).not.toContain(secret);
  });
  const create = async (name: string) => {
    const made = await trails('new', name, '--repo', user.user, '--image', 'host', '--', 'sh', '-c', 'sleep 10000');
    expect(made.exitCode, made.stderr).toBe(0);
  };
  const plant = (name: string, script: string) =>
    trails(
      'exec',
      name,
      '--',
      'sh',
      '-c',
      `CANARY='${canary.program}'; OUTSIDE='${user.outside}'; export CANARY OUTSIDE\n${script}`,
    );

  /** With a plain command, where the canary can tell, on a copy of what was planted from inside. */
  const rows: readonly (readonly [name: string, script: string, says: RegExp, plain?: string])[] = [
    [
      'what a repository says of itself',
      together(settings),
      /applied/,
      'git status; git diff; git add -A; git checkout -qb other',
    ],
    [
      'files that are none',
      together(
        fileAttacks.filter(({name}) => !/hard link|^file\.txt|in place|setuid|shut|enter|device|disk/.test(name)),
      ),
      /a FIFO[\s\S]*a socket|a socket[\s\S]*a FIFO/,
    ],
    ['names', together(nameAttacks), /a path in it is too long/],
    [
      'commits with hooks and a HEAD elsewhere',
      'git config user.name a; git config user.email a; echo x > x; git add x; git commit -qm "$(printf "\\033[2Jsubject")"; for i in 1 2 3; do git branch b$i; done; git config core.hooksPath /workspace/x',
      /subject/,
    ],
  ];

  test.for(rows)('%s', async ([, script, says, plain]) => {
    const name = `agent-${next}`;
    await create(name);
    await plant(name, `echo new > new.txt; echo three >> file.txt\n${script}`);
    if (plain) {
      const copy = path.join(home, 'copy');
      const shown = JSON.parse((await trails('show', name, '--json')).stdout);
      await run('cp', ['-a', shown.workspace.path, copy]);
      for (const command of plain.split('; ')) {
        canary.plainly(command, copy);
        expect(canary.fired(), command).toEqual(['hit']);
      }
      await run('rm', ['-rf', copy]);
    }
    const leaves = (one: string) => /^(user|restored|canary-notes)$/.test(one);
    const before = stateOf(home, leaves);
    const words: string[] = [];
    for (const args of [
      ...[['diff', name], ['diff', name, '--stat'], ['diff', name, '--json'], ['ls'], ['apply', name, '--dry-run']],
      ...[
        ['apply', name, '--yes', '--theirs'],
        ['ls', '--json'],
      ],
    ])
      words.push((await trails(...args)).stderr);
    expect(user.git('log', '--all', '--name-only', '--format=')).toContain('new.txt');
    await plant(name, 'echo later > later.txt');
    words.push((await trails('apply', name, '--files', '--yes', '--theirs')).stderr);
    await plant(name, 'echo last > last.txt');
    expect((await trails('rm', name, '--force')).exitCode).toBe(0);
    await trails('restore');
    words.push((await trails('restore', name, '--to', path.join(home, 'restored'))).stderr);
    expect(words.join('\n')).toMatch(says);
    expect(canary.fired()).toEqual([]);
    expect(stateOf(home, leaves)).toEqual(before);
    expect(residentMb((await daemonPid(podman.paths))!)).toBeLessThan(mostMb);
  });

  test('a git of the agent is not the one that is asked', async () => {
    const name = `agent-${next}`;
    await create(name);
    const git = "printf '#!/bin/sh\\necho asked > /workspace/asked\\nexec yes\\n'";
    const places = '~/.local/bin ~/bin ~/.cargo/bin $(echo $PATH | tr : " ")';
    await plant(
      name,
      `for at in ${places}; do mkdir -p $at; ${git} > $at/git && chmod +x $at/git; done 2>/dev/null
      echo "PATH=$HOME/bin:$PATH; export PATH" > ~/.profile; ~/bin/git | head -1 > yes; mv asked plainly-asked
      git config user.name a; git config user.email a; echo x > x; git add x; git commit -qm 'of the agent'`,
    );
    const {stderr} = await trails('apply', name, '--yes');
    expect(stderr).toContain('of the agent');
    // It works when it is called by itself.
    expect(stderr).toContain('plainly-asked');
    expect(stderr).not.toMatch(/ asked$/m);
    expect((await trails('rm', name, '--force')).exitCode).toBe(0);
  });

  test('tars that lead out stay inside', async () => {
    const name = `agent-${next}`;
    await create(name);
    const tar = path.join(podman.home, 'evil.tar');
    // A name with .., an absolute one, and a link that the next entry goes through.
    canary.plainly(
      `mkdir made; cd made; echo x > one; echo x > two; ln -s "$OUTSIDE" up
      tar cPf '${tar}' --transform "s,^one$,../../outside/empty/dots," --transform "s,^two$,$OUTSIDE/empty/absolute," one two up
      mkdir again; mkdir again/up; echo x > again/up/through; tar rPf '${tar}' -C again up/through
      cd ..; mkdir there there/in; tar xPf '${tar}' -C there/in; tar xPf '${tar}' -C there/in
      test -e "$OUTSIDE/empty/absolute" && test -e "$OUTSIDE/empty/dots" || test -e there/outside/empty/dots && test -e "$OUTSIDE/through" && "$CANARY" hit
      rm -rf made there "$OUTSIDE"/empty/* "$OUTSIDE/through"`,
      home,
    );
    expect(canary.fired()).toEqual(['hit']);
    const before = stateOf(home, one => one === 'user');
    const session = JSON.parse((await trails('show', name, '--json')).stdout).id;
    const [environment] = await podman.provider.listEnvironments({
      ...homeLabel(podman.paths),
      [labels.session]: session,
    });
    const {id} = environment!;
    await podman.provider.copyIn(id, '/workspace', Readable.from([readFileSync(tar)])).catch((error: AppError) => {
      expect(error).toBeInstanceOf(AppError);
    });
    await plant(name, 'ln -s / whole; ln -s "$OUTSIDE/secret" secret');
    const out: Uint8Array[] = [];
    for await (const piece of await podman.provider.copyOut(id, '/workspace')) out.push(piece);
    expect(Buffer.concat(out).includes(secret)).toBe(false);
    const applied = await trails('apply', name, '--files', '--yes');
    expect(applied.stderr).toMatch(/left out: up: it is a link to an absolute path/);
    expect(stateOf(home, one => one === 'user')).toEqual(before);
    await trails('rm', name, '--force');
  });
});
