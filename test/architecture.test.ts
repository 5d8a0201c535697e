import {globSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';

// Which room of src/ may import which. A room may always import itself; main.ts and composition/ wire them all.
const rooms: Record<string, readonly string[]> = {
  errors: [],
  lib: ['errors'],
  terminal: ['lib', 'errors'],
  agents: ['lib', 'errors'],
  providers: ['lib', 'errors'],
  egress: ['lib', 'errors'],
  workspaces: ['lib', 'errors'],
  doctor: ['providers', 'lib', 'errors'],
  sessions: ['providers', 'terminal', 'agents', 'workspaces', 'egress', 'lib', 'errors'],
  api: ['sessions', 'terminal', 'lib', 'errors'],
  daemon: ['api', 'sessions', 'lib', 'errors'],
  ui: ['sessions', 'terminal', 'lib', 'errors'],
  cli: ['sessions', 'terminal', 'lib', 'errors'],
};
// What of a room others may know, where that is not all of it.
const fronts: Record<string, Record<string, RegExp>> = {
  sessions: {providers: /^src\/providers\/(provider|registry|sandbox\/profile)\.ts$/},
  ui: {sessions: /^src\/sessions\/(port|lifecycle)\.ts$/, terminal: /^src\/terminal\/attach(-process)?\.ts$/},
  api: {sessions: /^src\/sessions\/port\.ts$/, terminal: /^src\/terminal\/reset\.ts$/},
  cli: {
    sessions: /^src\/sessions\/(port|lifecycle)\.ts$/,
    terminal: /^src\/terminal\/(attach|attach-process|clean-text)\.ts$/,
  },
};
const packages: Record<string, readonly string[]> = {
  ink: ['ui'],
  react: ['ui'],
  zustand: ['ui'],
  'zustand/vanilla': ['ui'],
  fuzzysort: ['ui'],
  commander: ['cli'],
  '@commander-js/extra-typings': ['cli'],
  execa: ['lib'],
  conf: ['lib'],
  pino: ['lib'],
  yaml: ['lib'],
  'node:child_process': ['lib'],
  '@xterm/headless': ['terminal'],
  '@xterm/addon-unicode-graphemes': ['terminal'],
  '@dagger.io/dagger': ['providers'],
  'node:sqlite': ['sessions', 'daemon'],
  '@connectrpc/connect': ['api', 'daemon'],
  '@connectrpc/connect-node': ['api', 'daemon'],
  '@bufbuild/protobuf': ['api', 'daemon'],
  '@bufbuild/protobuf/wkt': ['api', 'daemon'],
  'node:http2': ['api', 'daemon'],
};

const roomOf = (file: string) =>
  path
    .relative('src', file)
    .split(path.sep)[0]!
    .replace(/\.tsx?$/, '');
const files = globSync('src/**/*.{ts,tsx}').filter(file => !file.endsWith('.d.ts'));

test.each(files)('%s keeps to its room', file => {
  const from = roomOf(file);
  if (from === 'main' || from === 'composition') return;
  expect(rooms, `${from} is not a known room of src`).toHaveProperty(from);
  for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:from |import\(|import )'([^']+)'/g)) {
    if (!name!.startsWith('.')) {
      expect(packages[name!] ?? [from], `only some rooms may import ${name}`).toContain(from);
      continue;
    }
    const target = path.join(path.dirname(file), name!);
    const to = roomOf(target);
    expect([from, ...rooms[from]!], `${from} may not import ${to} (${name})`).toContain(to);
    const front = to === from ? undefined : fronts[from]?.[to];
    if (front) expect(target, `${from} knows only the front of ${to}`).toMatch(front);
  }
});

test('no file has grown into two jobs', () => {
  const long = files
    .map(file => ({file, lines: readFileSync(file, 'utf8').split('\n').length}))
    .filter(({lines}) => lines > 300);
  expect(long).toEqual([]);
});

test('domain code leaves the process alone: only main and the rooms at the edge touch its streams', () => {
  const touching = files.filter(
    file =>
      // The relay is the text of a program that runs elsewhere.
      !/^src\/(main\.ts|composition\/|lib\/|providers\/sandbox\/relay\/)/.test(file) &&
      /process\.(stdout|stdin|stderr|exit)\b/.test(readFileSync(file, 'utf8')),
  );
  expect(touching).toEqual([]);
});
