import {readdirSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {writeFiles} from '../../../src/workspaces/writing/write-files.ts';
import {contentOf, makeTree, readTree, type Tree, writesBetween} from '../../support/file-tree.ts';
import {temporaryDirectory} from '../../support/home.ts';

const deep = Array.from({length: 200}, (_, index) => `level-${index}`).join('/');
const cases: Record<string, [Tree, Tree]> = {
  'a file more': [{a: '1'}, {a: '1', b: '2'}],
  'a file less': [{a: '1', b: '2'}, {a: '1'}],
  'a file less, and the directories that are empty then': [
    {'d/e/f': '1', 'd/g': '2', h: '3'},
    {'d/g': '2', h: '3'},
  ],
  'an edit': [
    {'d/a': '1', b: '2'},
    {'d/a': 'one', b: '2'},
  ],
  'a mode': [
    {a: '1', b: 'x:2'},
    {a: 'x:1', b: '2'},
  ],
  'a link more, less and other': [
    {a: '->x', b: '->y', x: '1'},
    {b: '->x', c: '->d/../x', x: '1'},
  ],
  'a file for a link and back': [
    {a: '->x', b: '1', x: '2'},
    {a: '1', b: '->x', x: '2'},
  ],
  'a directory for a file': [{a: '1'}, {'a/b/c': '1', 'a/d': '2'}],
  'a file for a directory': [
    {'a/b/c': '1', 'a/d': '2', e: '3'},
    {a: '1', e: '3'},
  ],
  'a directory for a link': [
    {a: '->x', 'x/y': '1'},
    {'a/y': '2', 'x/y': '1'},
  ],
  'a link for a directory': [
    {'a/y': '2', 'x/y': '1'},
    {a: '->x', 'x/y': '1'},
  ],
  'two that change places': [
    {a: '1', b: '2'},
    {a: '2', b: '1'},
  ],
  'all gone': [{'a/b': '1', c: '2'}, {}],
  'an empty file': [{a: '1'}, {a: '', b: ''}],
  'names that are hard to show': [
    {'a\nb': '1', '\u001b[31m': '2'},
    {'a\nb': '3', '\u00ff\u00fe/\u0080': '4', 'x\u00e2\u0080\u00aey': '5', ' ': '6', '-rf': '7', 'a\\b': '8'},
  ],
  '200 directories deep': [{[`${deep}/a`]: '1'}, {[`${deep}/b`]: '2', [`${deep}/c/d`]: '3'}],
};

test.each(Object.entries(cases))('%s', async (_name, [before, after]) => {
  const home = temporaryDirectory();
  const target = path.join(home, 'target');
  const journal = path.join(home, 'journal');
  makeTree(target, before);
  const request = {target, writes: writesBetween(before, after), content: contentOf(after), journal};
  await writeFiles(request);
  expect(readTree(target)).toEqual(after);
  expect(readdirSync(journal)).toEqual([]);
  // Again: it is all done already.
  await writeFiles(request);
  expect(readTree(target)).toEqual(after);
});
