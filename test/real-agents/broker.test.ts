import {once} from 'node:events';
import type {Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {run} from '../../src/lib/exec.ts';
import {pathsFrom} from '../../src/lib/paths.ts';
import {engineEnv} from '../../src/providers/podman/socket.ts';
import type {SessionView} from '../../src/sessions/port.ts';
import {packages, type RealAgent} from '../support/agents-image/pinned.ts';
import {createModelServer, type Seen} from '../support/model-server/server.ts';
import {commandLines, filesBelow} from '../support/traces.ts';
import {subjects} from './agents.ts';
import {type AgentsHome, openAgentsHome} from './home.ts';
import {scripts} from './scripts.ts';
import {size} from './typing.ts';
import {type Watcher, watchSession} from './watcher.ts';

const key = 'sk-real-9876543210-zyxwvutsrqponmlkjih';
const patienceMs = 60_000;

/** The variables of the shell that makes the session, and how the key comes to the model. */
interface Brokered {
  readonly args?: readonly string[];
  here(at: string): Readonly<Record<string, string>>;
  readonly auth: string;
}

const brokered: Partial<Record<RealAgent, Brokered>> = {
  claude: {here: at => ({ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: at}), auth: key},
  codex: {
    // Of a model that it knows it asks in a way that the scripts do not speak.
    args: ['-c', 'model="model-1"'],
    here: at => ({OPENAI_API_KEY: key, OPENAI_BASE_URL: `${at}/v1`}),
    auth: `Bearer ${key}`,
  },
  gemini: {here: at => ({GEMINI_API_KEY: key, GOOGLE_GEMINI_BASE_URL: at}), auth: key},
  qwen: {
    here: at => ({OPENAI_API_KEY: key, OPENAI_BASE_URL: `${at}/v1`, OPENAI_MODEL: 'model-1'}),
    auth: `Bearer ${key}`,
  },
};

describe.each(Object.keys(brokered) as RealAgent[])('%s without its key', {timeout: 120_000}, name => {
  const {here, auth, args = []} = brokered[name]!;
  const seen: Seen[] = [];
  let opened: AgentsHome | {readonly missing: string};
  let agents: AgentsHome;
  let view: SessionView;
  let watcher: Watcher;
  let model: Server;

  beforeAll(async () => {
    opened = await openAgentsHome({});
    if ('missing' in opened) return;
    agents = opened;
    // On this machine, where the sandbox cannot reach it.
    model = createModelServer(scripts, one => seen.push(one)).listen(0, '127.0.0.1');
    await once(model, 'listening');
    const address = `http://127.0.0.1:${(model.address() as AddressInfo).port}`;
    view = await agents.port.create(
      {
        ...{name, agent: name, args, repo: agents.repo(name), workspace: 'copy', image: agents.image, mode: 'ask'},
        ...{env: {}, here: here(address), network: 'allowlist', credentials: 'broker', size},
        limits: {memoryBytes: 4 * 2 ** 30, cpus: 2, pids: 512},
      },
      () => {},
      new AbortController().signal,
    );
    watcher = watchSession(agents.port, view.id);
  }, 600_000);
  afterAll(async () => {
    watcher?.stop();
    model?.close();
    model?.closeAllConnections();
    if (opened && 'port' in opened) await opened.close();
  }, 60_000);
  beforeEach(({skip, onTestFailed}) => {
    if ('missing' in opened) skip(opened.missing);
    onTestFailed(() => void process.stderr.write(`${watcher.told()}\n${JSON.stringify(seen)}\n`));
  });

  const inside = async (script: string): Promise<string> => {
    const handle = await agents.port.exec(view.id, {argv: ['sh', '-c', script]});
    let text = '';
    handle.onOutput((_, bytes) => {
      text += Buffer.from(bytes).toString('latin1');
    });
    await handle.exit;
    return text;
  };

  test(`${packages[name]} gets its answer, and the model gets the key`, async () => {
    await watcher.shows(subjects[name].ready, patienceMs);
    const prompt = await agents.port.send(view.id, 'please #hello');
    await agents.port.awaitPrompt(view.id, prompt.id, {timeoutMs: 20_000}, new AbortController().signal);
    await watcher.shows(/Hello, this is a short answer\./, patienceMs);
    expect(seen.filter(one => one.script === 'hello').length).toBeGreaterThan(0);
    expect([...new Set(seen.filter(one => one.answer !== '404').map(one => one.auth))]).toEqual([auth]);
    // The keeper tells what it counts a few times a second.
    const counted = async () => (await agents.port.network(view.id)).routes[0]?.requests ?? 0;
    await expect.poll(counted, {timeout: 5000}).toBeGreaterThan(0);
  });

  test('the key is nowhere in the sandbox, nor in what is kept of it', async () => {
    const token = await inside('cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n" | grep -a sk-');
    expect(token).toContain('sk-trails-');
    expect(token).not.toContain(key);
    const found = await inside(
      `grep -rIl ${key.slice(0, 20)} /home/agent /workspace /tmp /run /proc/self/environ 2>/dev/null`,
    );
    expect(found).toBe('');
    const inspected = await run('podman', ['inspect', `trails-${view.id}`], {
      env: engineEnv(pathsFrom({TRAILS_HOME: agents.home})),
    });
    expect(inspected.exitCode).toBe(0);
    expect([inspected.stdout, filesBelow(agents.home), commandLines()].join('\n')).not.toContain(key);
  });
});
