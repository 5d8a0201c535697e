import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {withCustom} from '../../src/agents/custom/custom-agents.ts';
import {knownAgents} from '../../src/agents/known/known.ts';

const text = readFileSync('docs/agents.md', 'utf8');

test('what the document writes into config.yaml is taken', () => {
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(text) ?? [];
  const agents = withCustom(knownAgents, 'config.yaml', example);
  expect(agents.slice(knownAgents.length).map(({name}) => name)).toEqual(['careful', 'mine']);
  expect(agents.find(({name}) => name === 'codex')).toMatchObject({reference: 'registry.local/codex:1', share: true});
});

test('every setting of an agent is explained', () => {
  const told = () => withCustom([], 'config.yaml', 'agents: {x: {zzzzzzzz: 1}}');
  let known: readonly string[] = [];
  try {
    told();
  } catch (error) {
    known = /there are (.*)$/.exec((error as Error).message)?.[1]?.split(', ') ?? [];
  }
  expect(known.length).toBeGreaterThan(10);
  const rows = [...text.matchAll(/^\| (`.*?`) \|/gm)].map(([, cell = '']) => cell).join(' ');
  for (const name of known) expect(rows, name).toContain(`\`${name}\``);
});
