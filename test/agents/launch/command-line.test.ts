import {expect, test} from 'vitest';
import {modes} from '../../../src/agents/agent.ts';
import {knownAgents} from '../../../src/agents/known/known.ts';
import {commandLine, type Run} from '../../../src/agents/launch/command-line.ts';
import {builtIn} from '../../../src/agents/registry.ts';

const run = (changes: Partial<Run> = {}): Run => ({args: [], mode: null, how: 'again', conversation: '', ...changes});
const line = (agent: string, changes: Partial<Run> = {}) => commandLine(builtIn.named(agent), run(changes)).join(' ');
const resume = {how: 'resume'} as const;
const one = {how: 'resume', conversation: 'c-1'} as const;

test.each([
  ['claude', {mode: 'ask', args: ['--model', 'x']}, 'claude --permission-mode manual --model x'],
  ['claude', {mode: 'all', prompt: '--help me'}, 'claude --dangerously-skip-permissions -- --help me'],
  ['claude', {...one, mode: 'edits'}, 'claude --resume c-1 --permission-mode acceptEdits'],
  ['codex', {mode: 'all', prompt: 'go'}, 'codex --no-daemon --dangerously-bypass-approvals-and-sandbox -- go'],
  ['codex', resume, 'codex --no-daemon resume --last'],
  ['codex', one, 'codex --no-daemon resume c-1'],
  ['gemini', {mode: 'edits', prompt: '-y'}, 'gemini --approval-mode auto_edit --prompt-interactive=-y'],
  ['gemini', resume, 'gemini --resume latest'],
  ['opencode', {mode: 'all', prompt: 'a'}, 'opencode --auto --prompt=a'],
  ['opencode', one, 'opencode --session c-1'],
  ['qwen', {...resume, mode: 'all'}, 'qwen --continue --approval-mode yolo'],
  ['copilot', {...one, mode: 'edits'}, 'copilot --resume=c-1 --allow-tool=write'],
  ['aider', {mode: 'all', prompt: 'typed instead'}, 'aider --yes-always'],
  ['crush', {...resume, mode: 'all'}, 'crush --continue --yolo'],
  ['goose', one, 'goose session --resume --session-id c-1'],
  ['amp', resume, 'amp threads continue --last'],
  ['cursor-agent', one, 'cursor-agent --resume c-1'],
  ['auggie', {prompt: 'x'}, 'auggie -- x'],
  ['cline', resume, 'cline --continue'],
  ['shell', {args: ['make', 'test'], prompt: 'x'}, 'make test'],
] as const)('%s %j', (agent, changes, expected) => {
  expect(line(agent, changes)).toBe(expected);
});

test.each([
  '-p',
  '--dangerously-skip-permissions',
  'a b',
  'a\nb',
  '$(id)',
  '../x',
  'x'.repeat(200),
  '',
])('a conversation named %j is no name: the last one is gone on with', conversation => {
  expect(line('claude', {...resume, conversation})).toBe('claude --continue');
});

test('what stands for the prompt or the conversation is filled in once, whatever is in it', () => {
  const prompt = 'say {prompt} and $& and {id}';
  expect(commandLine(builtIn.named('opencode'), run({prompt}))).toEqual(['opencode', `--prompt=${prompt}`]);
});

test.each(knownAgents.map(agent => [agent.name, agent] as const))('%s is whole', (_, agent) => {
  for (const {path, without = []} of agent.home) {
    expect(path).not.toMatch(/^\/|\.\.|\/$/);
    for (const pattern of without) expect(pattern).not.toMatch(/\/$/);
  }
  for (const name of [...agent.credentials, ...agent.baseUrls, ...Object.keys(agent.env)])
    expect(name).toMatch(/^[A-Z][A-Z0-9_]*$/);
  for (const {path} of agent.managed) expect(path).toMatch(/^\/(etc|run\/trails|home\/agent)\//);
  for (const mode of modes) expect(commandLine(agent, run({mode}))).toContain(agent.command[0]);
  if (agent.modes?.all) expect(agent.modes.all.args ?? Object.keys(agent.modes.all.env ?? {})).not.toEqual([]);
});
