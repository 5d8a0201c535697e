import {expect, test} from 'vitest';
import {createSeams, writerBeside} from '../../src/terminal/beside.ts';

/** Everything that must not be cut: colours, titles with both ends, a link, a DCS, characters of several bytes. */
const stream = Buffer.from(
  'plain \x1b[1;38;2;1;2;3mbold\x1b[0m \x1b]0;a title\x07\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ ' +
    '\x1bP$q q\x1b\\\x1b(B\x1b7 ◆ 日本 🙂 end',
);
/** Places at which the stream is between two characters and outside any sequence. */
const seams = (() => {
  const found = new Set<number>();
  const whole = /\x1b\[[0-?]*[@-~]|\x1b[\]P][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[^\x1b]/gu;
  let at = 0;
  for (const [piece] of stream.toString().matchAll(whole)) {
    at += Buffer.byteLength(piece);
    found.add(at);
  }
  return found;
})();

test('a stream cut at any two places is whole exactly where it is', () => {
  for (let first = 1; first < stream.length; first++) {
    for (let second = first + 1; second <= stream.length; second++) {
      const {passed} = createSeams();
      expect(passed(stream.subarray(0, first)), `${first}`).toBe(seams.has(first));
      expect(passed(stream.subarray(first, second)), `${first} ${second}`).toBe(seams.has(second));
    }
  }
});

test('byte for byte as well, and through a string of any length', () => {
  const {passed} = createSeams();
  for (let at = 0; at < stream.length; at++)
    expect(passed(stream.subarray(at, at + 1)), `${at}`).toBe(seams.has(at + 1));
  expect(passed(Buffer.from(`\x1b]52;c;${'A'.repeat(70_000)}`))).toBe(false);
  expect(passed(Buffer.from('A'.repeat(70_000)))).toBe(false);
  expect(passed(Buffer.from('\x1b'))).toBe(false);
  expect(passed(Buffer.from('\\'))).toBe(true);
});

test('what comes in the middle of a sequence is written behind it, once', () => {
  let written = '';
  const beside = writerBeside(text => {
    written += text;
  });
  const pass = (text: string) => {
    written += text;
    beside.passed(Buffer.from(text));
  };
  beside.write('1');
  pass('\x1b]0;ti');
  beside.write('2');
  beside.write('3');
  pass('tle\x07');
  pass('x');
  beside.write('4');
  expect(written).toBe('1\x1b]0;title\x0723x4');
});
