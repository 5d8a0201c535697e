import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {ChangeCount, Status} from '../../src/sessions/port.ts';
import type {SessionRecord} from '../../src/sessions/record.ts';
import {createCounting} from '../../src/sessions/work/counting.ts';
import type {PortFixture} from '../contracts/port.ts';
import {manualClock} from '../support/manual-clock.ts';
import {sampleRecord} from '../support/sample-record.ts';
import {openServiceFixture} from '../support/service-fixture.ts';

/** Everything that was begun comes to its end; only promises are waited for, no time. */
const settled = () => new Promise(resolve => setImmediate(resolve));

class Scene {
  readonly clock = manualClock();
  readonly looks: string[] = [];
  /** When each look began. */
  readonly at: number[] = [];
  records: SessionRecord[] = [];
  status: Status | undefined = 'ready';
  since = 1;
  could = true;
  /** Looks begun wait for this. */
  hold: Promise<void> = Promise.resolve();
  readonly counting = createCounting(
    {store: {byId: id => this.records.find(record => record.id === id)}, clock: this.clock},
    {
      peek: () =>
        this.status && {
          detector: {
            verdict: {status: this.status, source: 'osc7501', kind: '', rule: '', detail: '', since: this.since},
          },
        },
      caughtUp: () => this.status !== undefined,
      problem: () => undefined,
    },
    {
      nudge: async ({name}) => {
        this.looks.push(name);
        this.at.push(this.clock.now());
        await this.hold;
        return this.could;
      },
    },
  );

  session(name: string, change: Partial<SessionRecord> = {}) {
    this.records.push({...sampleRecord({name}), id: name, phase: 'running', ...change});
  }

  /** It becomes something else, and that is told. */
  async becomes(status: Status | undefined) {
    this.status = status;
    this.since += 1;
    await this.tell();
  }

  async tell() {
    this.counting.follow(this.records);
    await this.pass(0);
  }

  async pass(ms: number) {
    this.clock.pass(ms);
    await settled();
  }

  /** How many looks since this was asked last. */
  taken(): number {
    return this.looks.splice(0).length;
  }
}

describe('the counts of the list', () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });

  test('each session is looked at once at the start, and not again for as long as nothing happens', async () => {
    for (const name of ['a', 'b', 'c']) scene.session(name);
    scene.session('d', {phase: 'stopped'});
    await scene.tell();
    expect(scene.looks.splice(0).sort()).toEqual(['a', 'b', 'c', 'd']);
    for (let round = 0; round < 5; round++) {
      await scene.tell();
      await scene.pass(60_000);
    }
    expect(scene.taken()).toBe(0);
    expect(scene.clock.pending).toBe(0);
  });

  test('a session is looked at once its terminal is known, and one that is being made not before it runs', async () => {
    scene.session('a');
    await scene.becomes(undefined);
    expect(scene.taken()).toBe(0);
    await scene.becomes('ready');
    expect(scene.taken()).toBe(1);
    scene.session('b', {phase: 'creating'});
    await scene.tell();
    expect(scene.taken()).toBe(0);
  });

  test('an agent at work is looked at every five seconds, and once more when it has ended', async () => {
    scene.session('a');
    await scene.becomes('working');
    expect(scene.taken()).toBe(1);
    for (let seconds = 0; seconds < 20; seconds++) await scene.pass(1000);
    expect(scene.taken()).toBe(4);
    await scene.pass(3500);
    await scene.becomes('ready');
    expect(scene.taken()).toBe(1);
    await scene.pass(60_000);
    expect(scene.taken()).toBe(0);
  });

  test('whatever happens, three seconds are between two looks', async () => {
    scene.session('a');
    await scene.tell();
    for (let index = 0; index < 100; index++) {
      await scene.becomes(index % 2 ? 'working' : 'waiting');
      scene.counting.happened('a');
      await scene.pass(90);
    }
    expect(scene.at.length).toBeGreaterThan(2);
    for (const [index, at] of scene.at.entries())
      if (index > 0) expect(at - scene.at[index - 1]!).toBeGreaterThanOrEqual(3000);
  });

  test('what happens during a look is looked at behind it', async () => {
    scene.session('a');
    let go = () => {};
    scene.hold = new Promise(resolve => {
      go = resolve;
    });
    await scene.tell();
    scene.counting.happened('a');
    scene.counting.happened('a');
    await scene.pass(60_000);
    expect(scene.taken()).toBe(1);
    go();
    await settled();
    await scene.pass(3000);
    expect(scene.taken()).toBe(1);
    await scene.pass(60_000);
    expect(scene.taken()).toBe(0);
  });

  test('a workspace that cannot be looked at is tried again only when something happened', async () => {
    scene.session('a');
    scene.could = false;
    await scene.becomes('working');
    expect(scene.taken()).toBe(1);
    for (let round = 0; round < 10; round++) await scene.pass(10_000);
    expect(scene.taken()).toBe(0);
    await scene.becomes('ready');
    expect(scene.taken()).toBe(1);
  });

  test('nothing is left of a session that is removed', async () => {
    scene.session('a');
    await scene.becomes('working');
    scene.taken();
    scene.records = [];
    await scene.tell();
    await scene.pass(60_000);
    scene.counting.happened('a');
    expect(scene.taken()).toBe(0);
    expect(scene.clock.pending).toBe(0);
  });
});

describe('the service counts by itself', () => {
  let fixture: PortFixture;
  beforeEach(async () => {
    fixture = await openServiceFixture();
  });
  afterEach(() => fixture.close());

  /** Passes time until the list says so; looks are made by a thread, which has a time of its own. */
  async function untilCounted(name: string, changes: ChangeCount): Promise<void> {
    await expect
      .poll(
        async () => {
          fixture.pass(500);
          return (await fixture.port.get(name)).changes;
        },
        {timeout: 20_000},
      )
      .toEqual(changes);
  }

  test('what a command in a session wrote is in the list, also of a bind', async () => {
    for (const workspace of ['copy', 'bind'] as const) {
      const repo = fixture.repo(workspace);
      writeFileSync(path.join(repo, 'kept'), 'one\ntwo\n');
      const request = {name: workspace, agent: 'shell', args: ['echo'], repo, workspace, env: {}, limits: {}};
      await fixture.port.create({...request, size: {columns: 80, rows: 24}}, () => {}, new AbortController().signal);
      await untilCounted(workspace, {files: 0, added: 0, removed: 0});
      const {exit} = await fixture.port.exec(workspace, {argv: ['writeFile', '/workspace/kept', 'one\n2\n3\n']});
      await exit;
      await untilCounted(workspace, {files: 1, added: 2, removed: 1});
    }
  });
});
