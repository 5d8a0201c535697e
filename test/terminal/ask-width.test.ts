import {PassThrough} from 'node:stream';
import {expect, test} from 'vitest';
import {askWidth} from '../../src/terminal/ask-width.ts';
import {manualClock} from '../support/manual-clock.ts';

function terminal() {
  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {setRawMode: (on: boolean) => raw.push(on)});
  const stdout = new PassThrough();
  const clock = manualClock();
  return {stdin, stdout, raw, clock, asked: askWidth(stdin, stdout, clock), shown: () => String(stdout.read() ?? '')};
}

test.each([
  ['\x1b[5;2R', 1],
  ['\x1b[5;3R', 2],
])('the answer %j means %d cells, and the line is wiped', async (answer, width) => {
  const {stdin, raw, asked, shown} = terminal();
  expect(shown()).toBe('\r…\x1b[6n');
  stdin.write(answer.slice(0, 3));
  stdin.write(answer.slice(3));
  expect(await asked).toBe(width);
  expect(raw).toEqual([true, false]);
  expect(shown()).toBe('\r\x1b[K');
  expect(stdin.listenerCount('data')).toBe(0);
});

test('a terminal that does not answer is left alone after a moment', async () => {
  const {stdin, raw, clock, asked} = terminal();
  stdin.write('typed ahead');
  clock.pass(300);
  expect(await asked).toBeUndefined();
  expect(raw).toEqual([true, false]);
});
