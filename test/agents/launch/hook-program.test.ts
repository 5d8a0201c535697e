import {chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {hookProgram} from '../../../src/agents/launch/hook-program.ts';
import {run} from '../../../src/lib/exec.ts';
import {temporaryDirectory} from '../../support/home.ts';

function setUp() {
  const directory = temporaryDirectory();
  const program = path.join(directory, 'hook');
  const log = path.join(directory, 'hooks.jsonl');
  writeFileSync(program, hookProgram);
  chmodSync(program, 0o755);
  const tell = (event: string, payload: string, file = log) =>
    run(program, [event], {input: payload, env: {TRAILS_HOOK_LOG: file}, timeoutMs: 10_000});
  const lines = () =>
    readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
  return {directory, log, tell, lines};
}

test.each([
  [
    'PreToolUse',
    '{"session_id": "a-1", "tool_name": "Bash", "tool_input": {"command": "cat .env", "tool_name": "Other"}}',
    {event: 'PreToolUse', tool: 'Bash', kind: '', session: 'a-1'},
  ],
  [
    'notification',
    '{"sessionId":"b-2","message":"Run: rm \\"tool_name\\": \\"Forged\\"","notification_type":"permission_prompt"}',
    {event: 'notification', tool: '', kind: 'permission_prompt', session: 'b-2'},
  ],
  [
    'BeforeTool',
    '{\n  "session_id": "c",\n  "tool_name": "run_shell_command"\n}\n',
    {tool: 'run_shell_command', session: 'c'},
  ],
  ['preToolUse', '{"toolName":"bash","toolArgs":{"command":"x"}}', {tool: 'bash'}],
  ['Stop', '', {event: 'Stop', tool: '', kind: '', session: ''}],
  ['Stop', 'no JSON at all', {event: 'Stop', tool: ''}],
  ['Stop', '{"tool_name":"with space","session_id":"\\u001b[2J"}', {tool: '', session: ''}],
  ['St"op\n{}', '{}', {event: 'Stop'}],
  ['x'.repeat(500), `{"tool_name":"${'y'.repeat(500)}"}`, {event: 'x'.repeat(100), tool: ''}],
  ['PostToolUse', `{"session_id":"d","tool_name":"Read","tool_response":"${'z'.repeat(3_000_000)}"}`, {tool: 'Read'}],
])('of %s one line is written, with nothing but plain words', async (event, payload, expected) => {
  const {tell, lines, log} = setUp();
  expect(await tell(event, payload)).toMatchObject({exitCode: 0, stdout: '', stderr: ''});
  expect(lines()).toEqual([expect.objectContaining(expected)]);
  expect(readFileSync(log).length).toBeLessThanOrEqual(1024);
});

test('many at once are a line each', async () => {
  const {tell, lines} = setUp();
  const names = Array.from({length: 20}, (_, index) => `tool-${index}`);
  await Promise.all(names.map(name => tell('PreToolUse', JSON.stringify({tool_name: name}))));
  expect(
    lines()
      .map(line => line.tool)
      .sort(),
  ).toEqual([...names].sort());
});

test('it ends well where it cannot write, and never waits', async () => {
  const {directory, tell} = setUp();
  const fifo = path.join(directory, 'fifo');
  await run('mkfifo', [fifo]);
  mkdirSync(path.join(directory, 'directory'));
  symlinkSync(path.join(directory, 'nowhere', 'x'), path.join(directory, 'dangling'));
  for (const file of [fifo, path.join(directory, 'directory'), path.join(directory, 'dangling'), '/proc/no/such'])
    expect(await tell('Stop', '{"x":1}', file)).toMatchObject({exitCode: 0, stdout: '', stderr: ''});
});
