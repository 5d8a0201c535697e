import {describe, expect, test} from 'vitest';
import {K8sLog} from '../../../src/providers/podman/k8s-log.ts';

const time = '2026-11-21T03:36:05.525697139+00:00';
const line = (tag: 'F' | 'P', text: string) => `${time} stdout ${tag} ${text}\n`;
const parse = (file: string | Buffer, chunk = Number.POSITIVE_INFINITY, cuts: readonly number[] = [], from = 0) => {
  const data = Buffer.from(file).subarray(from);
  const log = new K8sLog(from, cuts);
  const pieces = [];
  for (let at = 0; at < data.length; at += chunk) pieces.push(...log.push(data.subarray(at, at + chunk)));
  return {
    text: Buffer.concat(pieces.map(piece => piece.bytes)).toString('utf8'),
    ends: pieces.map(piece => piece.end),
    log,
  };
};

describe("the engine's record", () => {
  test('a full line ends with a line end, a part of one does not', () => {
    expect(parse(line('F', 'one\r') + line('P', 'two') + line('F', '')).text).toBe('one\r\ntwo\n');
  });

  test('reads the same in whatever chunks it comes', () => {
    const file = line('F', 'grüße\r') + line('P', '\u001b[31mred') + line('P', 'x'.repeat(300)) + line('F', 'end\r');
    const whole = parse(file).text;
    for (const chunk of [1, 2, 7, 44, 45, 46, 100]) expect(parse(file, chunk).text).toBe(whole);
  });

  test('a character torn apart between two lines is whole again', () => {
    const bytes = Buffer.from('é');
    const file = Buffer.concat([
      Buffer.from(`${time} stdout P <`),
      bytes.subarray(0, 1),
      Buffer.from(`\n${time} stdout P `),
      bytes.subarray(1),
      Buffer.from('>\n'),
    ]);
    expect(parse(file).text).toBe('<é>');
  });

  test('a piece stops at each cut, and says where it ends', () => {
    const lines = [line('F', 'a'), line('P', 'b'), line('F', 'c')];
    const first = Buffer.byteLength(lines[0]!);
    const second = first + Buffer.byteLength(lines[1]!);
    const all = second + Buffer.byteLength(lines[2]!);
    expect(parse(lines.join(''), 1000, [first, second]).ends).toEqual([first, second, all]);
    expect(parse(lines.join(''), 10, [second]).text).toBe('a\nbc\n');
  });

  test('begun at a position, it gives what lies behind', () => {
    const first = line('F', 'before');
    expect(parse(first + line('F', 'behind'), 1000, [], first.length).text).toBe('behind\n');
  });

  test('a line that is still being written is not output yet', () => {
    const whole = line('F', 'whole');
    const {text, log} = parse(whole + line('F', 'half').slice(0, -3));
    expect(text).toBe('whole\n');
    expect(log.position).toBe(whole.length);
  });

  test('lines of another form are no output, and do no harm', () => {
    expect(parse(`rubbish\n\n ${'x'.repeat(90)}\n${line('F', 'good')}`).text).toBe('good\n');
    expect(parse(`2026-11-21T03:36:05Z stdout F short time\n${time} stderr P err\n`).text).toBe('short time\nerr');
    expect(parse(`${time} stdout F\n`).text).toBe('\n');
  });
});
