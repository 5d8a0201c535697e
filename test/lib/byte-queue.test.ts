import {expect, test} from 'vitest';
import {createByteQueue} from '../../src/lib/byte-queue.ts';

const bytes = (text: string) => Buffer.from(text);
const reading = (queue: ReturnType<typeof createByteQueue>) => {
  const pieces = queue.output[Symbol.asyncIterator]();
  const next = async () => {
    const {done, value} = await pieces.next();
    return done ? undefined : Buffer.from(value).toString();
  };
  return {next, leave: () => pieces.return?.()};
};

test('small pieces that wait are read as one, in pieces of 64 KiB at most', async () => {
  const queue = createByteQueue();
  const {next} = reading(queue);
  for (const word of ['one ', 'two ', 'three']) queue.push(bytes(word));
  expect(queue.length).toBe(13);
  expect(await next()).toBe('one two three');
  queue.push(bytes('a'.repeat(40_000)));
  queue.push(bytes('b'.repeat(40_000)));
  expect(await next()).toBe('a'.repeat(40_000) + 'b'.repeat(25_536));
  expect(await next()).toBe('b'.repeat(80_000 - 65_536));
  expect(queue.length).toBe(0);
});

test('a reader that waits gets the next piece as it is, and is asked for by name when there is none', async () => {
  let asked = 0;
  const queue = createByteQueue({
    onHungry: () => {
      asked += 1;
    },
  });
  const {next} = reading(queue);
  const first = next();
  expect([asked, queue.hungry]).toEqual([1, true]);
  queue.push(bytes('x'.repeat(100_000)));
  expect(queue.hungry).toBe(false);
  expect(await first).toBe('x'.repeat(100_000));
  queue.push(bytes('y'));
  expect(await next()).toBe('y');
  expect(asked).toBe(1);
});

test('a buffer that its owner uses again does not change what waits', async () => {
  const queue = createByteQueue();
  const own = bytes('before');
  queue.push(own);
  own.write('after!');
  expect(await reading(queue).next()).toBe('before');
});

test('behind the end what waits is read, and nothing else', async () => {
  const queue = createByteQueue();
  const {next} = reading(queue);
  queue.push(bytes('last'));
  queue.end();
  queue.push(bytes('late'));
  expect(await next()).toBe('last');
  expect(await next()).toBeUndefined();
  expect(await next()).toBeUndefined();
});

test('a reader that waits at the end, or goes away before it, holds nothing', async () => {
  const queue = createByteQueue();
  const ended = reading(queue).next();
  queue.end();
  expect(await ended).toBeUndefined();
  let left = 0;
  const other = createByteQueue({
    onLeft: () => {
      left += 1;
    },
  });
  other.push(bytes('unread'));
  const {leave, next} = reading(other);
  await leave();
  await leave();
  other.push(bytes('more'));
  expect([left, other.length, await next()]).toEqual([1, 0, undefined]);
});
