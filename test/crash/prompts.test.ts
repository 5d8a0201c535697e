import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {bundle} from '../support/bundle.ts';
import {daemonPid} from '../support/daemon.ts';
import {faultyTrails, repoIn} from '../support/faulty-trails.ts';
import {openTestPodman} from '../support/podman.ts';
import type {Habits} from '../support/prompted-agent.ts';

interface Told {
  readonly id: string;
  readonly state: string;
  readonly detail: string;
}

describe('prompts outlive the daemon, on a real Podman', {timeout: 60_000}, () => {
  let podman: Awaited<ReturnType<typeof openTestPodman>>;
  beforeAll(async () => {
    podman = await openTestPodman();
  });
  afterAll(async () => podman?.close());

  const trails = (args: readonly string[], fault?: string) => faultyTrails(podman, args, fault);
  /** An agent of the tests in a container, once it is ready. */
  const agent = async (name: string, habits: Habits) => {
    const repo = repoIn(podman.home, name);
    await bundle(path.resolve('test/support/prompted-agent-program.ts'), repo);
    const where = ['--workspace', 'bind', '--repo', repo, '--image', 'host'];
    const command = ['node', '/workspace/program.mjs', JSON.stringify({tells: true, ...habits}), '/workspace/taken'];
    expect((await trails(['new', name, ...where, '--', ...command])).exitCode).toBe(0);
    expect((await trails(['wait', name, '--for', 'ready', '--timeout', '20s'])).exitCode).toBe(0);
    return () => {
      const file = path.join(repo, 'taken');
      if (!existsSync(file)) return [];
      return readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as string);
    };
  };
  const prompts = async (name: string) =>
    JSON.parse((await trails(['send', name, '--list', '--json'])).stdout) as readonly Told[];

  test.each([
    ['prompt.sending', 'failed', 'it may be in the input', []],
    ['prompt.typed', 'failed', 'it may be in the input', []],
    ['prompt.entered', 'delivered', 'the agent is working', ['once']],
    ['prompt.ended', 'delivered', '', ['once']],
  ])('killed at %s it is %s at the next start, and typed no second time', async (step, state, detail, texts) => {
    const name = step.replace('.', '-');
    const taken = await agent(name, {workMs: 60_000});
    await trails(['send', name, 'once', '--wait'], step);
    await vi.waitFor(
      async () =>
        expect(await prompts(name)).toEqual([
          expect.objectContaining({state, detail: expect.stringContaining(detail)}),
        ]),
      {timeout: 20_000, interval: 200},
    );
    expect(taken()).toEqual(texts);
    expect((await trails(['rm', name, '--force'])).exitCode).toBe(0);
  });

  test('those that wait are typed by the daemon that comes next, once and in order', async () => {
    const taken = await agent('queue', {workMs: 1500});
    for (const text of ['one', 'two\nlines', 'three']) expect((await trails(['send', 'queue', text])).exitCode).toBe(0);
    const pid = await daemonPid(podman.paths);
    expect(pid).toBeGreaterThan(0);
    process.kill(pid!, 'SIGKILL');
    expect((await trails(['wait', 'queue', '--for', 'ready', '--timeout', '20s'])).exitCode).toBe(0);
    expect(taken()).toEqual(['one', 'two\nlines', 'three']);
    expect((await prompts('queue')).map(one => one.state)).toEqual(['delivered', 'delivered', 'delivered']);
  });

  test('20 KB, in a real terminal, arrive whole', async () => {
    const taken = await agent('long', {folds: true});
    const text = Array.from({length: 400}, (_, line) => `line ${line} of a long prompt: größe 漢字 🙂`).join('\n');
    const sent = await trails(['send', 'long', text, '--wait', '--json']);
    expect(JSON.parse(sent.stdout)).toMatchObject({session: 'long', state: 'delivered'});
    expect(taken()).toEqual([text]);
  });

  test('a real shell takes several lines as one paste, and a line that ends it', async () => {
    const repo = path.join(podman.home, 'repos', 'bash');
    mkdirSync(repo, {recursive: true});
    const where = ['--workspace', 'bind', '--repo', repo, '--image', 'host'];
    await trails(['new', 'bash', ...where, '--', 'bash', '--norc', '-i']);
    const several = await trails([
      'send',
      'bash',
      'echo one > a\necho two > b',
      '--wait',
      '--timeout',
      '20s',
      '--json',
    ]);
    expect(JSON.parse(several.stdout)).toMatchObject({state: 'delivered', detail: 'its text left the input'});
    await vi.waitFor(() => expect(readFileSync(path.join(repo, 'b'), 'utf8')).toBe('two\n'), {timeout: 5000});
    const exit = await trails(['send', 'bash', 'exit 3', '--wait', '--timeout', '20s', '--json']);
    expect(JSON.parse(exit.stdout)).toMatchObject({state: 'delivered'});
    expect((await trails(['wait', 'bash', '--for', 'exited', '--timeout', '20s'])).exitCode).toBe(0);
  });
});
