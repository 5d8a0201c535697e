import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {emptyTrash, removeTree} from '../../src/workspaces/tree/remove-tree.ts';
import {temporaryDirectory} from '../support/home.ts';

/** A tree that this script makes in its directory. */
function made(script: string) {
  const home = temporaryDirectory();
  const tree = path.join(home, 'tree');
  mkdirSync(tree);
  execFileSync('python3', ['-c', script], {cwd: tree});
  return {home, tree, trash: path.join(home, 'trash')};
}

test.each([
  [
    'many files',
    'import os\nfor d in range(20):\n os.mkdir(str(d))\n for f in range(250): open(f"{d}/{f}", "w").close()',
  ],
  [
    'deeper than a path may be',
    'import os\nfor i in range(400):\n os.mkdir("d"*50); os.chdir("d"*50)\nopen("f", "w").close()',
  ],
  ['FIFOs and sockets', 'import os, socket\nos.mkfifo("pipe"); socket.socket(socket.AF_UNIX).bind("socket")'],
  [
    'names that are no text',
    'import os\nfor n in [b"-rf", b"\\xff", b"a\\nb", b"--", b"\\x1b[0m"]: open(n, "w").close()',
  ],
  [
    'no permissions',
    'import os\nos.makedirs("a/b/c"); open("a/b/c/f", "w").close()\nfor d in ["a/b/c", "a/b", "a", "."]: os.chmod(d, 0)',
  ],
  [
    'read only',
    'import os\nos.makedirs("a/b"); open("a/b/f", "w").close(); os.chmod("a/b/f", 0o444)\nfor d in ["a/b", "a", "."]: os.chmod(d, 0o555)',
  ],
])('%s: out of its place at once, and then gone', async (_, script) => {
  const {tree, trash} = made(script);
  const gone = removeTree(tree, trash);
  expect(existsSync(tree)).toBe(false);
  expect(await gone).toBe(true);
  expect(readdirSync(trash)).toEqual([]);
});

test('links go, what they lead to stays, also with what has no permissions', async () => {
  const {home, tree, trash} = made('import os\nos.makedirs("a"); os.chmod("a", 0)');
  const outside = path.join(home, 'outside');
  mkdirSync(outside);
  writeFileSync(path.join(outside, 'kept'), 'kept', {mode: 0o400});
  symlinkSync(outside, path.join(tree, 'directory'));
  symlinkSync(path.join(outside, 'kept'), path.join(tree, 'file'));
  expect(await removeTree(tree, trash)).toBe(true);
  expect(readFileSync(path.join(outside, 'kept'), 'utf8')).toBe('kept');
  const link = path.join(home, 'link');
  symlinkSync(outside, link);
  expect(await removeTree(link, trash)).toBe(true);
  expect(readdirSync(outside)).toEqual(['kept']);
});

test('nothing there is fine', async () => {
  const home = temporaryDirectory();
  expect(await removeTree(path.join(home, 'none'), path.join(home, 'trash'))).toBe(true);
  expect(await emptyTrash(path.join(home, 'trash'))).toBe(true);
});

test('what a process that was killed has left goes with the next one', async () => {
  const {tree, trash} = made('import os\nos.makedirs("a/b")');
  mkdirSync(trash, {mode: 0o700});
  execFileSync('mv', [tree, path.join(trash, 'left')]);
  expect(await emptyTrash(trash)).toBe(true);
  expect(readdirSync(trash)).toEqual([]);
});

test('a tree that cannot be moved is named at once', () => {
  const {tree, home} = made('');
  const file = path.join(home, 'file');
  writeFileSync(file, '');
  expect(() => removeTree(tree, path.join(file, 'trash'))).toThrow(expect.objectContaining({code: 'STATE_UNUSABLE'}));
  expect(existsSync(tree)).toBe(true);
});

test('what cannot be removed is told, and tried again', async ({skip}) => {
  const {tree, trash} = made('open("f", "w").close()');
  try {
    execFileSync('chattr', ['+i', path.join(tree, 'f')], {stdio: 'ignore'});
  } catch {
    skip('no file can be made immutable here');
  }
  const removed = await removeTree(tree, trash);
  expect(existsSync(tree)).toBe(false);
  const again = await emptyTrash(trash);
  execFileSync('chattr', ['-R', '-i', trash]);
  expect([removed, again]).toEqual([false, false]);
  expect(await emptyTrash(trash)).toBe(true);
});
