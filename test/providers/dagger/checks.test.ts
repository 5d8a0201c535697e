import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {isAlive} from '../../../src/lib/worker.ts';
import {type DaggerChecksOptions, findingsOf} from '../../../src/providers/dagger/checks.ts';
import {createDaggerEngine, sessionDirectory} from '../../../src/providers/dagger/connection/dagger-engine.ts';
import type {DaggerEngine} from '../../../src/providers/dagger/connection/engine.ts';
import {type Fault, fakeDagger} from '../../support/dagger/fake-dagger.ts';
import {temporaryHome} from '../../support/home.ts';
import {manualClock} from '../../support/manual-clock.ts';

const engines: DaggerEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.release();
});

function scene(fault?: Fault, more: Partial<DaggerChecksOptions> = {}) {
  const {home, paths} = temporaryHome();
  const fake = fakeDagger(home, fault);
  const options = {paths, env: {...process.env, ...fake.env}, clock: manualClock(Date.now()), ...more};
  const look = async () => Object.fromEntries((await findingsOf(options)).map(finding => [finding.check, finding]));
  return {home, paths, options, look};
}

test('a machine that has all: everything is said, and nothing of the look is left', async () => {
  const {look, paths, home} = scene();
  const found = await look();
  expect(Object.entries(found).map(([check, {state, detail}]) => [check, state, detail])).toEqual([
    ['dagger', 'ok', 'version v0.21.8, started by the CLI'],
    ['dagger.cli', 'ok', `${path.join(home, 'bin/dagger')}, v0.21.8`],
    ['dagger.session', 'ok', expect.stringMatching(/^started for this look, answered in \d+ ms$/)],
    ['dagger.tools', 'ok', expect.stringContaining('dropbear or sshd')],
    ['dagger.limits', 'warning', 'not enforced: Dagger has no limits for a single session'],
  ]);
  expect(readdirSync(sessionDirectory(paths))).toEqual([]);
});

test('the session of this home is asked, and goes on', async () => {
  const {look, paths, options} = scene();
  const engine = createDaggerEngine(options);
  engines.push(engine);
  await engine.version();
  const worker = readFileSync(path.join(sessionDirectory(paths), 'session.process'), 'utf8');
  expect((await look())['dagger.session']?.detail).toMatch(/^that of this home/);
  expect(isAlive(worker)).toBe(true);
});

test('no CLI', async () => {
  const {home, paths} = temporaryHome();
  const findings = await findingsOf({paths, env: {PATH: home}, clock: manualClock()});
  for (const check of ['dagger', 'dagger.cli', 'dagger.session']) {
    expect(findings.find(finding => finding.check === check)).toMatchObject({
      state: 'missing',
      detail: 'The Dagger CLI is not installed',
      fix: expect.stringContaining('dagger.cli'),
    });
  }
  expect(existsSync(sessionDirectory(paths))).toBe(false);
});

test('a CLI that is too old', async () => {
  const found = await scene('old').look();
  expect(found['dagger.cli']).toMatchObject({state: 'missing', detail: expect.stringContaining('is v0.18.3')});
  expect(found.dagger?.state).toBe('missing');
});

test('an engine that is too old', async () => {
  const found = await scene('old-engine').look();
  expect(found['dagger.cli']?.state).toBe('ok');
  expect(found.dagger).toMatchObject({
    state: 'missing',
    detail: 'The Dagger engine is v0.18.19: at least v0.19.0 is needed',
    fix: 'Update it: https://docs.dagger.io/install.',
  });
});

test('an engine that cannot be reached', async () => {
  const found = await scene('exits').look();
  expect(found['dagger.cli']?.state).toBe('ok');
  for (const check of ['dagger', 'dagger.session']) {
    expect(found[check]).toMatchObject({
      state: 'missing',
      detail: expect.stringContaining('driver for scheme "image" was not available'),
      fix: expect.stringContaining('_EXPERIMENTAL_DAGGER_RUNNER_HOST'),
    });
  }
});

test('a session that does not take the token', async () => {
  const found = await scene('wrong-token').look();
  expect(found['dagger.session']).toMatchObject({state: 'missing', detail: expect.stringContaining('token')});
});

test('an image that lacks tools, and one that has them', async () => {
  const lacking = await scene(undefined, {image: 'docker.io/library/debian:12-slim'}).look();
  expect(lacking['dagger.tools']).toMatchObject({
    state: 'missing',
    detail: expect.stringMatching(/lacks dropbear or sshd .*, git/),
    fix: expect.stringContaining('apt-get install -y --no-install-recommends dropbear-bin git'),
  });
  const whole = await scene(undefined, {image: 'docker.io/trails/tooled:1'}).look();
  expect(whole['dagger.tools']).toMatchObject({
    state: 'ok',
    detail: expect.stringContaining('docker.io/trails/tooled:1 has perl'),
  });
});
