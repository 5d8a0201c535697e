import {expect, test} from 'vitest';
import {createViewer} from '../../src/sessions/terminals/viewer.ts';
import {createEmulator} from '../../src/terminal/emulator.ts';
import {manualClock} from '../support/manual-clock.ts';

const size = {columns: 40, rows: 6};
const limit = 1024 * 1024;

function setting() {
  const emulator = createEmulator({size});
  const clock = manualClock();
  const follows: boolean[] = [];
  const viewer = createViewer({
    ...{screen: emulator, clock, onHungry: () => {}, onLeft() {}},
    onFollows: () => follows.push(viewer.follows),
  });
  emulator.onChange(() => viewer.changed());
  const pieces = viewer.output[Symbol.asyncIterator]();
  const next = async () => {
    const {done, value} = await pieces.next();
    return done ? undefined : Buffer.from(value).toString();
  };
  /** As a terminal's stream does it: first the screen, then who looks at it. */
  const print = (text: string) => {
    emulator.write(Buffer.from(text));
    viewer.push(Buffer.from(text));
  };
  /** Reads until a piece has this in it. */
  const until = async (text: string) => {
    let all = '';
    while (!all.includes(text)) all += (await next()) ?? '';
    return all;
  };
  return {emulator, clock, viewer, next, print, until, follows};
}

const flood = (print: (text: string) => void, bytes: number) => {
  for (let left = bytes; left > 0; left -= 8000) print(`${'x'.repeat(39)}\n`.repeat(200));
};

test('what waits for a reader that does not read stays bounded, and is the newest screen', async () => {
  const {emulator, viewer, next, print, until} = setting();
  viewer.showExact();
  await emulator.settled();
  flood(print, 8 * limit);
  await emulator.settled();
  expect(viewer.follows).toBe(false);
  print('\r\nlast line');
  await emulator.settled();
  const seen = await until('last line');
  expect(seen.length).toBeLessThan(20_000);
  expect(seen.startsWith('\x18')).toBe(true);
  print(' and more');
  expect(await next()).toBe(' and more');
});

test('up to the bound nothing is lost', async () => {
  const {emulator, viewer, print, until} = setting();
  viewer.showExact();
  await emulator.settled();
  flood(print, limit - 100_000);
  print('the end');
  const seen = await until('the end');
  expect(seen.length).toBeGreaterThan(limit - 110_000);
  expect(seen).not.toContain('\x18');
});

test('a picture that cannot be followed because of a flood comes all the same', async () => {
  const {emulator, viewer, print, next, follows} = setting();
  viewer.showExact();
  const first = next();
  flood(print, 2 * limit);
  await emulator.settled();
  expect(await first).toContain('\x1b[2J');
  expect(follows.at(-1)).toBe(false);
  const second = next();
  await emulator.settled();
  expect(await second).toContain('x'.repeat(39));
  expect(viewer.follows).toBe(true);
});

test('a mirror holds one picture, drawn when it is asked for, and no more than 30 a second', async () => {
  const {emulator, clock, viewer, next, print} = setting();
  viewer.showMirror({columns: 60, rows: 6});
  print('one');
  await emulator.settled();
  expect(await next()).toContain('one');
  let came: string | undefined;
  const second = next().then(text => {
    came = text;
  });
  print('\r\ntwo');
  await emulator.settled();
  clock.pass(33);
  await Promise.resolve();
  expect(came).toBeUndefined();
  print('\r\nthree');
  await emulator.settled();
  clock.pass(1);
  await second;
  expect(came).toMatch(/two[\s\S]*three/);
});

test('from mirror to screen and back each begins with a terminal in its initial state', async () => {
  const {emulator, viewer, next, print, until} = setting();
  viewer.showMirror({columns: 60, rows: 6});
  print('hello');
  await emulator.settled();
  expect(await next()).not.toContain('\x18');
  viewer.showExact();
  expect(await until('hello')).toMatch(/^\x18/);
  print('raw');
  expect(await next()).toBe('raw');
  await emulator.settled();
  viewer.showMirror({columns: 60, rows: 6});
  expect(await until('helloraw')).toMatch(/^\x18/);
  expect(viewer.follows).toBe(false);
});

test('who is behind when the agent ends sees its last words, mirrors too', async () => {
  const {emulator, viewer, print, until, next} = setting();
  viewer.showExact();
  await emulator.settled();
  flood(print, 2 * limit);
  print('\r\nlast words');
  await emulator.settled();
  viewer.end({reason: 'exited', exitCode: 0});
  await until('last words');
  expect(await next()).toBeUndefined();
  expect(await viewer.closed).toEqual({reason: 'exited', exitCode: 0});

  const other = setting();
  other.viewer.showMirror({columns: 60, rows: 6});
  other.print('first');
  await other.emulator.settled();
  expect(await other.next()).toContain('first');
  other.print('\r\nlast words');
  await other.emulator.settled();
  other.viewer.end({reason: 'exited', exitCode: 0});
  await other.until('last words');
  expect(await other.next()).toBeUndefined();
});
