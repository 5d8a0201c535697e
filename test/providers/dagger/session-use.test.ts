import {expect, test} from 'vitest';
import {createSessionUse} from '../../../src/providers/dagger/environments/session-use.ts';

const turn = () => new Promise(resolve => setImmediate(resolve));

function scene() {
  const releases: PromiseWithResolvers<void>[] = [];
  let empty = true;
  const use = createSessionUse(
    {
      release() {
        const one = Promise.withResolvers<void>();
        releases.push(one);
        return one.promise;
      },
    },
    () => empty,
  );
  return {
    use,
    releases,
    fill() {
      empty = false;
    },
  };
}

test('it goes when nothing runs, and once for several who ask', async () => {
  const {use, releases} = scene();
  const both = Promise.all([use.done(), use.done()]);
  expect(releases).toHaveLength(1);
  releases[0]?.resolve();
  await both;
});

test('it stays while something runs', async () => {
  const {use, releases, fill} = scene();
  fill();
  await use.done();
  expect(releases).toHaveLength(0);
});

test('it stays while one is being made, and who is made next waits for its end', async () => {
  const {use, releases} = scene();
  const made = Promise.withResolvers<void>();
  const making = use.during(() => made.promise);
  await use.done();
  expect(releases).toHaveLength(0);
  made.resolve();
  await making;
  const going = use.done();
  let begun = false;
  const next = use.during(async () => {
    begun = true;
  });
  await turn();
  expect(begun).toBe(false);
  releases[0]?.resolve();
  await Promise.all([going, next]);
  expect(begun).toBe(true);
});

test('one that could not go is tried again', async () => {
  const {use, releases} = scene();
  const first = use.done();
  releases[0]?.reject(new Error('it hangs'));
  await first;
  void use.done();
  expect(releases).toHaveLength(2);
});
