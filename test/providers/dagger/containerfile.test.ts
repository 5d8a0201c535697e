import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {root} from '../../../scripts/bundle.ts';
import {composed} from '../../../src/providers/dagger/recipe/containerfile.ts';

const text = (name: string) => readFileSync(path.join(root, 'images', name, 'Containerfile'), 'utf8');
const agents = readdirSync(path.join(root, 'images')).filter(name => name !== 'base');

/** What a FROM may name: an argument from before the first one, an earlier stage. */
function check(file: string): void {
  const lines = file.split('\n');
  const first = lines.findIndex(line => line.startsWith('FROM '));
  const before = lines.slice(0, first).join('\n');
  const stages = new Set<string>();
  for (const line of lines) {
    const [, from, as] = /^FROM (\S+)(?: AS (\S+))?$/.exec(line) ?? [];
    if (from === undefined) continue;
    const argument = /^\$\{(\w+)\}$/.exec(from)?.[1];
    if (argument === undefined) expect(stages).toContain(from);
    else expect(before).toMatch(new RegExp(`^ARG ${argument}=`, 'm'));
    if (as !== undefined) {
      expect(stages).not.toContain(as);
      stages.add(as);
    }
  }
}

test.each(agents)('%s is built on the base in one file, with the tools of a session', name => {
  const file = composed(text('base'), text(name));
  check(file);
  expect(file).toMatch(/apt-get install .*dropbear-bin/);
  expect(file.match(/^FROM /gm)).toHaveLength(3);
  expect(file).toContain('FROM trails-base\n');
});

test('the base alone is the base with the tools of a session', () => {
  const file = composed(text('base'), undefined);
  check(file);
  expect(file.match(/^FROM /gm)).toHaveLength(2);
  expect(file).toMatch(/apt-get install .*dropbear-bin/);
});
