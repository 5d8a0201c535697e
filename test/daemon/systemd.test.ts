import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {planSystemd} from '../../src/daemon/systemd.ts';
import {serviceUnit, variablesFor} from '../../src/daemon/systemd-units.ts';
import {run} from '../../src/lib/exec.ts';
import {pathsFrom} from '../../src/lib/paths.ts';
import {temporaryDirectory} from '../support/home.ts';

const program = {file: '/opt/no de/node', args: ['/opt/trails/main.js', 'daemon', 'run']};

/** A user manager that believes what it is told. */
function manager(shown: string | undefined, failing = '') {
  const home = temporaryDirectory();
  const env = {
    XDG_CONFIG_HOME: path.join(home, 'config'),
    XDG_RUNTIME_DIR: path.join(home, 'run'),
    PATH: '/usr/bin:/opt/bin',
  };
  const done: string[] = [];
  let enabled = false;
  const plan = () =>
    planSystemd({
      ...{paths: pathsFrom(env), env, program},
      async stop() {
        done.push('stop');
      },
      async systemctl(args) {
        const line = args.join(' ');
        if (line === 'show-environment') return {exitCode: shown === undefined ? 1 : 0, stdout: shown ?? ''};
        if (args[0] === 'is-enabled') return {exitCode: enabled ? 0 : 1, stdout: ''};
        done.push(line);
        if (args[0] === 'enable') enabled = true;
        return {exitCode: line === failing ? 1 : 0, stdout: ''};
      },
    });
  const unit = (name: string) => path.join(env.XDG_CONFIG_HOME, 'systemd/user', name);
  return {env, done, plan, unit};
}

const linux = test.runIf(process.platform === 'linux');

linux('nothing is offered where no user manager answers, or under a TRAILS_HOME', async () => {
  expect(await manager(undefined).plan()).toEqual([]);
  const paths = pathsFrom({TRAILS_HOME: '/tmp/x'});
  const env = {TRAILS_HOME: '/tmp/x'};
  expect(await planSystemd({paths, env, program, stop: async () => {}})).toEqual([]);
});

linux('offered, done in order, and not offered again until it changes', async () => {
  const {env, done, plan, unit} = manager('PATH=/usr/bin\nHOME=/home/me\n');
  const [step, ...more] = await plan();
  expect(more).toEqual([]);
  expect(step).toMatchObject({optional: true, detail: expect.stringContaining(unit('trails.socket'))});
  expect(done).toEqual([]);
  await step!.run(() => {});
  expect(done).toEqual(['daemon-reload', 'stop', 'enable trails.socket', 'restart trails.socket']);
  const socket = readFileSync(unit('trails.socket'), 'utf8');
  expect(socket).toContain(
    `\nListenStream=${env.XDG_RUNTIME_DIR}/trails/trails.sock\nSocketMode=0600\nDirectoryMode=0700\n`,
  );
  const service = readFileSync(unit('trails.service'), 'utf8');
  expect(service).toContain('\nExecStart="/opt/no de/node" "/opt/trails/main.js" "daemon" "run"\n');
  expect(service).toContain('\nEnvironment="PATH=/usr/bin:/opt/bin"\n');
  expect(service).toContain('\nKillMode=process\n');
  expect(await plan()).toEqual([]);
  writeFileSync(unit('trails.service'), 'of an older version');
  expect(await plan()).toHaveLength(1);
});

linux('what fails says so, and that it is not needed', async () => {
  const {plan} = manager('', 'enable trails.socket');
  const [step] = await plan();
  await expect(step!.run(() => {})).rejects.toMatchObject({
    code: 'CANNOT_CREATE',
    hint: expect.stringContaining('works without'),
  });
});

test('only variables that systemd lacks are given, and signs that mean something to it are not taken for them', () => {
  const ours = {PATH: '/a', XDG_STATE_HOME: '/s', HOME: '/h', DOCKER_HOST: ''};
  expect(variablesFor(ours, {PATH: '/a'})).toEqual([['XDG_STATE_HOME', '/s']]);
  const unit = serviceUnit(['/n$o%d"e'], [['PATH', '/100%/$x']]);
  expect(unit).toContain('ExecStart="/n$$o%%d\\"e"');
  expect(unit).toContain('Environment="PATH=/100%%/$x"');
});

linux('systemd finds nothing wrong with the units', async ({skip}) => {
  const {plan, unit} = manager('');
  const here = {file: process.execPath, args: ['daemon', 'run']};
  for (const step of await plan()) await step.run(() => {});
  writeFileSync(unit('trails.service'), serviceUnit([here.file, ...here.args], [['XDG_STATE_HOME', '/a b/100%']]));
  // It asks for a runtime directory, any.
  const {exitCode, stderr} = await run(
    'systemd-analyze',
    ['--user', 'verify', unit('trails.service'), unit('trails.socket')],
    {env: {XDG_RUNTIME_DIR: temporaryDirectory()}},
  );
  if (exitCode === 127) skip('systemd-analyze is not here');
  expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''});
});
