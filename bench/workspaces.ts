import {createHash} from 'node:crypto';
import {appendFileSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {run} from '../src/lib/exec.ts';
import type {SessionView, WorkspaceMode} from '../src/sessions/port.ts';
import type {Bench, Row} from './bench.ts';
import {limits, openPodmanHome, type PodmanHome, rawName} from './podman-home.ts';
import {summaryOf} from './samples.ts';

const rounds = 5;
const files = 5000;
const directories = 500;
const applied = 500;
const size = {columns: 80, rows: 24};
const never = new AbortController().signal;

const fileName = (index: number): string => `d${index % 20}/s${index % directories}/f${index}.txt`;

/** 5,000 files, 57 MB: lines that compress like code does. */
async function makeRepository(directory: string): Promise<void> {
  for (let index = 0; index < files; index++) {
    const file = path.join(directory, fileName(index));
    if (index < directories) mkdirSync(path.dirname(file), {recursive: true});
    const word = createHash('md5').update(String(index)).digest('hex');
    const lines = Array.from({length: 200}, (_, line) => `line ${line} of ${index} ${word}${line * index}`);
    writeFileSync(file, `${lines.join('\n')}\n`);
  }
  for (const args of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    ['commit', '-q', '-m', 'base'],
    ['gc', '-q'],
  ])
    await git(directory, ...args);
}

async function git(directory: string, ...args: string[]): Promise<void> {
  const who = ['user.name=Bench', 'user.email=bench@localhost', 'gc.auto=0'].flatMap(setting => ['-c', setting]);
  const {exitCode, stderr} = await run('git', ['-C', directory, ...who, ...args]);
  if (exitCode !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
}

const timed = async <T>(work: () => Promise<T>): Promise<readonly [ms: number, result: T]> => {
  const began = performance.now();
  const result = await work();
  return [performance.now() - began, result];
};

/** A session, and how long the making of its workspace took. */
async function makeSession(home: PodmanHome, repo: string, workspace: WorkspaceMode) {
  let began = 0;
  let ended = 0;
  const request = {
    ...{
      name: rawName(),
      agent: 'shell',
      args: ['sleep', '1000'],
      repo,
      workspace,
      image: 'host',
      env: {},
      limits,
      size,
    },
  };
  const view = await home.port.create(
    request,
    ({index}) => {
      if (index === 2 && began === 0) began = performance.now();
      if (index === 3 && ended === 0) ended = performance.now();
    },
    never,
  );
  return {view, ms: ended - began};
}

const edit = ({workspace}: SessionView, count: number, text: string): void => {
  for (let index = 0; index < count; index++) appendFileSync(path.join(workspace.path, fileName(index)), text);
};

/** From a change in the files to the picture that has it. */
async function untilSeen({port}: PodmanHome, view: SessionView): Promise<number> {
  const stop = new AbortController();
  const pictures = port.watchChanges(view.id, stop.signal)[Symbol.asyncIterator]();
  await pictures.next();
  // Its directories come to be watched behind the first picture.
  await new Promise(resolve => setTimeout(resolve, 1000));
  const began = performance.now();
  edit(view, 1, 'seen\n');
  await pictures.next();
  const took = performance.now() - began;
  stop.abort();
  await pictures.return?.();
  return took;
}

export const workspaces: Bench = {
  name: 'workspaces',
  title: 'workspaces of a repository with 5,000 files, 57 MB, on Podman',
  notes: [
    `${rounds} rounds by turns; through the daemon, as a client sees it`,
    'beside: `git clone --local --no-hardlinks` of the same repository; `git diff --stat` in the same files',
  ],
  async measure(say) {
    const home = await openPodmanHome();
    const samples: Record<string, number[]> = {};
    const note = (what: string, ms: number) => {
      samples[what] = [...(samples[what] ?? []), ms];
    };
    try {
      say('making the repository');
      const repo = home.repo('bench-repo');
      await makeRepository(repo);
      for (let round = 0; round < rounds; round++) {
        say(`round ${round + 1} of ${rounds}`);
        const plain = path.join(home.paths.state, 'plain');
        const [plainMs] = await timed(() => git('/', 'clone', '-q', '--local', '--no-hardlinks', repo, plain));
        rmSync(plain, {recursive: true, force: true});
        note('plain clone', plainMs);
        const {view, ms} = await makeSession(home, repo, 'clone');
        note('clone', ms);
        edit(view, 10, 'more\n');
        note('first', (await timed(() => home.port.changes(view.id)))[0]);
        // What was written just now is read twice, as git does.
        await home.port.changes(view.id);
        note('again', (await timed(() => home.port.changes(view.id)))[0]);
        note('git diff', (await timed(() => git(view.workspace.path, 'diff', '--stat')))[0]);
        note('seen', await untilSeen(home, view));
        edit(view, applied, 'apply\n');
        note('merge', (await timed(() => home.port.apply(view.id, {})))[0]);
        edit(view, applied, 'unapplied\n');
        note('rm', (await timed(() => home.port.remove(view.id, {force: true})))[0]);
        const copied = await makeSession(home, repo, 'copy');
        note('copy', copied.ms);
        edit(copied.view, applied, 'files\n');
        note('files', (await timed(() => home.port.apply(copied.view.id, {})))[0]);
        await home.port.remove(copied.view.id, {force: true});
        await git(repo, 'add', '-A');
        await git(repo, 'commit', '-q', '-m', `round ${round}`);
      }
    } finally {
      await home.end();
    }
    const of = (what: string) => summaryOf(samples[what] ?? []);
    const most = (what: string, ms: number) => ({text: `≤ ${ms} ms`, met: of(what).p50 <= ms});
    const plain = {name: 'git clone --local --no-hardlinks', summary: of('plain clone')};
    const rows: readonly Row[] = [
      {
        ...{what: 'clone workspace, until it can be used', unit: 'ms', ours: of('clone'), beside: plain},
        target: {text: '≤ 1.1 × beside', met: of('clone').p50 <= 1.1 * plain.summary.p50},
      },
      {what: 'copy workspace', unit: 'ms', ours: of('copy'), beside: plain},
      {what: 'first diff, 10 files', unit: 'ms', ours: of('first'), target: most('first', 1200)},
      {
        ...{what: 'diff again', unit: 'ms', ours: of('again'), target: most('again', 60)},
        beside: {name: 'git diff --stat', summary: of('git diff')},
      },
      {what: 'one file, until the Diff tab has it', unit: 'ms', ours: of('seen'), target: most('seen', 300)},
      {what: `apply of ${applied} files, merge`, unit: 'ms', ours: of('merge'), target: most('merge', 1000)},
      {what: `apply of ${applied} files, files`, unit: 'ms', ours: of('files'), target: most('files', 1000)},
      {what: `rm, ${applied} files unapplied`, unit: 'ms', ours: of('rm'), target: most('rm', 1000)},
    ];
    return rows;
  },
};
