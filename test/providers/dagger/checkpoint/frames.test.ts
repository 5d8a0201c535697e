import {mkdirSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {manualClock} from '../../../../src/lib/manual-clock.ts';
import {createCheckpoints} from '../../../../src/providers/dagger/checkpoint/checkpoints.ts';
import {createFrameReader, isGitState} from '../../../../src/providers/dagger/checkpoint/frames.ts';
import type {Link} from '../../../../src/providers/dagger/link/link.ts';
import {temporaryDirectory} from '../../../support/home.ts';
import {seeded} from '../../../support/seeded.ts';

const frame = (letter: string, payload: Buffer | string): Buffer => {
  const rest = Buffer.from(payload as string);
  const head = Buffer.alloc(5);
  head.write(letter, 'latin1');
  head.writeUInt32BE(rest.byteLength, 1);
  return Buffer.concat([head, rest]);
};
const mode = Buffer.from([1, 0xed]);
const directory = (name: string) => frame('d', Buffer.concat([mode, Buffer.from(name, 'latin1')]));
const file = (name: string, size = 1n) => {
  const facts = Buffer.alloc(12);
  facts.writeBigUInt64BE(size, 4);
  return frame('f', Buffer.concat([mode, facts, Buffer.from(name, 'latin1')]));
};
const link = (name: string, target: string) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return frame('l', Buffer.concat([length, Buffer.from(name), Buffer.from(target)]));
};
const hole = (length: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(length);
  return frame('h', bytes);
};
const [begin, end, content, filed] = [frame('v', 'changed'), frame('z', 'kept'), frame('c', 'x'), frame('e', '')];

/** Takes what somebody inside made up. */
async function taking(...pieces: readonly Buffer[]) {
  const home = temporaryDirectory();
  const outside = path.join(home, 'a/outside');
  mkdirSync(outside, {recursive: true});
  const link: Link = {
    ...{connected: true, contactAt: undefined, onChange: () => () => {}, close: async () => {}},
    run: async () => ({
      onOutput: listener =>
        queueMicrotask(() => {
          for (const piece of pieces) listener('stdout', piece);
        }),
      closed: new Promise(resolve => setImmediate(() => resolve(0))),
      ...{write: async () => {}, end() {}, pause() {}, resume() {}, resize() {}, close() {}},
    }),
  };
  const checkpoints = createCheckpoints({directory: path.join(home, 'state'), clock: manualClock()});
  const done = await checkpoints.take(link, [{name: 'root', inside: '/workspace', outside}]).then(
    () => 'taken',
    error => String(error.code),
  );
  return {done, outside: readdirSync(outside), around: readdirSync(path.join(home, 'a')), home: readdirSync(home)};
}

const nowhere = {outside: [], around: ['outside'], home: ['a', 'state']};

test.each([
  ['a parent', file('../out')],
  ['a parent in the middle', file('a/../../out')],
  ['itself', directory('a/./b')],
  ['an absolute path', file('/etc/passwd')],
  ['no name', directory('a//b')],
  ['nothing', directory('')],
  ['a NUL', file('a\0b')],
  ['a long name', file('x'.repeat(256))],
  ['a long path', file('x/'.repeat(3000).concat('x'))],
  ['a deep path', file('x/'.repeat(300).concat('x'))],
  ['a removed parent', frame('x', '..')],
  ['a left out parent', frame('o', 'r../..')],
  ['a link with a NUL', link('a', '/etc\0')],
  ['a link to nothing', link('a', '')],
])('a name that is %s is refused', async (_, bad) => {
  const rest = bad.toString('latin1', 0, 1) === 'f' ? [content, filed] : [];
  expect(await taking(begin, bad, ...rest, end)).toEqual({done: 'ENGINE_REFUSED', ...nowhere});
});

test.each([
  ['content of no file', [begin, content, end]],
  ['a file within a file', [begin, file('a'), file('b'), content, filed, end]],
  ['no beginning', [directory('a'), end]],
  ['two beginnings', [begin, begin, end]],
  ['something behind the end', [begin, end, directory('a')]],
  ['no end', [begin, directory('a')]],
  ['half a piece', [begin, directory('a').subarray(0, 6)]],
  ['an unknown piece', [begin, frame('q', 'x'), end]],
  ['a short piece', [begin, frame('d', 'x'), end]],
  ['a piece too big', [begin, Buffer.from([0x63, 0xff, 0xff, 0xff, 0xff])]],
  ['a file too big', [begin, file('a', 2n ** 62n), content, filed, end]],
  ['a hole too big', [begin, file('a'), hole(2n ** 50n), filed, end]],
  ['many holes', [begin, file('a'), ...Array.from({length: 4}, () => hole(2n ** 39n)), filed, end]],
])('%s is refused', async (_, pieces) => {
  expect(await taking(...pieces)).toEqual({done: 'ENGINE_REFUSED', ...nowhere});
});

test('a path through a link that came before makes a directory of it', async () => {
  const through = [link('a', '/tmp'), file('a/trails-was-here'), content, filed];
  expect(await taking(begin, ...through, end)).toMatchObject({done: 'taken', outside: ['a'], around: ['outside']});
  expect(readdirSync('/tmp')).not.toContain('trails-was-here');
});

test('a whole one keeps nothing that it does not name, whatever the order', async () => {
  const pieces = [
    frame('v', 'whole'),
    file('a/b'),
    content,
    filed,
    frame('x', 'a'),
    link('a', 'x'),
    directory('d'),
    end,
  ];
  expect(await taking(...pieces)).toMatchObject({done: 'taken', outside: ['a', 'd']});
});

test('any bytes at all are refused, and nothing is written', async () => {
  const {below} = seeded(7);
  for (let round = 0; round < 40; round++) {
    const noise = Buffer.from(Array.from({length: 300}, () => below(256)));
    const flipped = Buffer.concat([begin, file('a'), content, filed]);
    flipped[below(flipped.byteLength)]! ^= 0xff;
    expect(await taking(noise)).toEqual({done: 'ENGINE_REFUSED', ...nowhere});
    expect(await taking(flipped)).toEqual({done: 'ENGINE_REFUSED', ...nowhere});
  }
});

test('frames come in pieces of any length', () => {
  const all = Buffer.concat([begin, directory('a'), file('a/b'), content, filed, end]);
  const read = createFrameReader();
  const kinds = [...all].flatMap(byte => [...read(Buffer.from([byte]))].map(({kind}) => kind));
  expect(kinds).toEqual(['begin', 'directory', 'file', 'content', 'filed', 'end']);
});

test.each([
  ['.git/HEAD', true],
  ['.git/refs/heads/objects/x', true],
  ['sub/.git/index', true],
  ['.git/modules/lib/refs/heads/main', true],
  ['.git/objects', false],
  ['.git/objects/pack/x.pack', false],
  ['.git/modules/lib/objects/ab/cd', false],
  ['src/objects/x', false],
  ['.github/refs', false],
])('%s names objects of a git: %s', (name, told) => expect(isGitState(name)).toBe(told));
