import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {explainOf} from '../../src/composition/explain.ts';
import type {World} from '../../src/composition/world.ts';
import {temporaryDirectory} from '../support/home.ts';

const capture = (text: string) => {
  const directory = temporaryDirectory();
  const file = path.join(directory, 'screen');
  writeFileSync(file, text);
  return explainOf({config: {path: path.join(directory, 'config.yaml')}} as World).screen('claude', {file});
};

test('a file of nothing but rows, and one of a row without end, are screens that no rule knows', async () => {
  expect(await capture('\n'.repeat(1_000_000))).toMatchObject({status: 'unknown'});
  expect(await capture('a'.repeat(1_000_000))).toMatchObject({status: 'unknown'});
});

test('what is below is looked at, however much is above', async () => {
  const box = `${'─'.repeat(60)}\n❯ \n${'─'.repeat(60)}\n  ? for shortcuts\n`;
  expect(await capture(`${'above\n'.repeat(300_000)}${box}`)).toMatchObject({status: 'ready'});
});
