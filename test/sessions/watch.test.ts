import {expect, test} from 'vitest';
import {createChanges} from '../../src/sessions/changes.ts';
import {watchPictures} from '../../src/sessions/watch.ts';

test('nothing is looked at any more for a reader that has left, whatever its signal says', async () => {
  const changes = createChanges();
  let looks = 0;
  const take = () => {
    looks += 1;
    return {sessions: [], engine: {provider: 'mock', state: 'ready', detail: `${looks}`, hint: ''} as const};
  };
  for await (const {whole} of watchPictures(take, changes, new AbortController().signal)) {
    expect(whole).toBe(true);
    break;
  }
  changes.tell();
  await new Promise(resolve => setImmediate(resolve));
  expect(looks).toBe(1);
});

test('what changes while the reader is busy is not missed', async () => {
  const changes = createChanges();
  let detail = 'first';
  const take = () => ({sessions: [], engine: {provider: 'mock', state: 'ready', detail, hint: ''} as const});
  const seen: string[] = [];
  for await (const {engine} of watchPictures(take, changes, new AbortController().signal)) {
    seen.push(engine?.detail ?? '');
    if (seen.length === 2) break;
    detail = 'second';
    changes.tell();
  }
  expect(seen).toEqual(['first', 'second']);
});
