import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {requireReadable} from '../../../src/providers/dagger/recipe/readable.ts';
import {temporaryDirectory} from '../../support/home.ts';

const owner = {uid: 1000, gid: 1000};

function workspace() {
  const directory = temporaryDirectory();
  mkdirSync(path.join(directory, 'sub'));
  writeFileSync(path.join(directory, 'sub/closed'), 'x');
  symlinkSync('/nowhere', path.join(directory, 'link'));
  return directory;
}

test('what can be read may be brought in, links to nowhere too', async () => {
  await requireReadable([{source: workspace(), target: '/workspace', owner}]);
});

test.each(['sub/closed', 'sub'])('%s that cannot be read is named', async closed => {
  const source = workspace();
  const canRead = async (file: string) => file !== path.join(source, closed);
  await expect(requireReadable([{source, target: '/workspace', owner}], canRead)).rejects.toMatchObject({
    code: 'ENGINE_REFUSED',
    message: `${path.join(source, closed)} cannot be read, and would be empty inside`,
  });
});
