import {expect, test} from 'vitest';
import {createFeed} from '../../src/lib/feed.ts';

const collect = async <T>(feed: AsyncIterable<T>) => {
  const values: T[] = [];
  for await (const value of feed) values.push(value);
  return values;
};

test('values come in order, those that were there before the reader, too', async () => {
  const feed = createFeed<number>();
  feed.push(1);
  const all = collect(feed);
  feed.push(2);
  await feed.taken();
  feed.push(3);
  feed.end();
  feed.push(4);
  expect(await all).toEqual([1, 2, 3]);
});

test('a reader gets the error behind the values', async () => {
  const feed = createFeed<number>();
  feed.push(1);
  feed.end(new Error('broken'));
  const reader = feed[Symbol.asyncIterator]();
  expect(await reader.next()).toEqual({done: false, value: 1});
  await expect(reader.next()).rejects.toThrow('broken');
});

test('who pushes hears when everything was taken, and that nobody is there to take it', async () => {
  const feed = createFeed<number>();
  feed.push(1);
  feed.push(2);
  let taken = false;
  const all = feed.taken().then(() => {
    taken = true;
  });
  const reader = feed[Symbol.asyncIterator]();
  await reader.next();
  await reader.next();
  expect(taken).toBe(false);
  void reader.next();
  await all;
  feed.push(3);
  const left = feed.taken();
  feed.end();
  await left;
});
