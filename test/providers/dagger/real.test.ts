import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, parse, validate} from 'graphql';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {systemClock} from '../../../src/lib/clock.ts';
import {ask} from '../../../src/providers/dagger/connection/ask.ts';
import {createDaggerEngine, sessionDirectory} from '../../../src/providers/dagger/connection/dagger-engine.ts';
import type {DaggerEngine, Recipe} from '../../../src/providers/dagger/connection/engine.ts';
import {sessionFilesIn} from '../../../src/providers/dagger/connection/session-files.ts';
import {openStubSession} from '../../support/dagger/open-stub.ts';
import {realImage, realMissing} from '../../support/dagger/real-engine.ts';
import {lastingHome, temporaryDirectory} from '../../support/home.ts';

/** Says what it sees to the socket that it dials, and stays until somebody is there no more. */
const reporter = String.raw`
use strict; use IO::Socket::UNIX;
my $host = IO::Socket::UNIX->new(Peer => '/run/trails-link/socket') or die "no way out: $!";
my $report = sub { my $as = shift; my $said = qx($as 2>&1); print $host "== $as\n$said"; };
$report->('id -u');
$report->('stat -c "%a %u:%g %n" /workspace /workspace/a /workspace/link /run/trails-link/reporter /run/trails-link/keys/host /run/trails-link/socket');
$report->('cat /run/trails-link/keys/host');
$report->('printenv FOO');
$report->('setpriv --reuid 1000 --regid 1000 --clear-groups cat /run/trails-link/keys/host');
$report->(q{setpriv --reuid 1000 --regid 1000 --clear-groups perl -MIO::Socket::UNIX -e 'print IO::Socket::UNIX->new(Peer => "/run/trails-link/socket") ? "in\n" : "out\n"'});
print $host "== end\n";
my $never = <$host>;
`;

interface Dialled {
  readonly said: Promise<string>;
  readonly gone: Promise<void>;
}

/** What dials a socket of ours, once. */
async function listen(socketPath: string): Promise<Dialled> {
  const said = Promise.withResolvers<string>();
  const gone = Promise.withResolvers<void>();
  const server = net.createServer(socket => {
    let text = '';
    socket.on('data', piece => {
      text += piece;
      if (text.endsWith('== end\n')) said.resolve(text);
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      server.close();
      gone.resolve();
    });
  });
  await new Promise<void>(resolve => server.listen(socketPath, resolve));
  return {said: said.promise, gone: gone.promise};
}

const secret = 'SECRET-of-a-real-test\nsecond-line-of-it\n';

function recipeIn(directory: string, unique: string): Recipe {
  const workspace = path.join(directory, 'workspace');
  mkdirSync(workspace);
  writeFileSync(path.join(workspace, 'a'), 'A', {mode: 0o640});
  symlinkSync('/etc/shadow', path.join(workspace, 'link'));
  return {
    ...{image: realImage, unique, env: {FOO: 'a "b" $HOME'}},
    uploads: [{source: workspace, target: '/workspace', owner: {uid: 1000, gid: 1000}}],
    files: [
      {target: '/run/trails-link/reporter', content: reporter, mode: 0o600},
      {target: '/run/trails-link/keys/host', content: secret, mode: 0o600, secret: true},
    ],
    socket: {source: path.join(directory, 's.sock'), target: '/run/trails-link/socket'},
    args: ['perl', '/run/trails-link/reporter'],
  };
}

describe.skipIf(realMissing !== undefined)(
  `a real Dagger engine${realMissing ? ` (skipped: ${realMissing})` : ''}`,
  () => {
    let home: ReturnType<typeof lastingHome>;
    let engine: DaggerEngine;
    const open = () =>
      createDaggerEngine({paths: home.paths, env: {...process.env, DAGGER_LOG: '1'}, clock: systemClock});
    beforeAll(() => {
      home = lastingHome();
      engine = open();
    });
    afterAll(async () => {
      await engine?.release();
      home?.remove();
    });

    test('it tells its version, and has the tools in the image', {timeout: 120_000}, async () => {
      expect(await engine.version()).toMatch(/^v\d+\.\d+\.\d+/);
      await engine.prepare(realImage, () => {});
    });

    test('every document that the stub takes is one of its own schema', {timeout: 60_000}, async () => {
      await engine.version();
      const session = sessionFilesIn(sessionDirectory(home.paths)).session();
      const schema = buildClientSchema((await ask(session!, getIntrospectionQuery())) as IntrospectionQuery);
      await using stub = await openStubSession();
      const env = {DAGGER_SESSION_PORT: String(stub.port), DAGGER_SESSION_TOKEN: stub.token};
      const other = createDaggerEngine({paths: home.paths, env, clock: systemClock});
      const recipe = {...recipeIn(temporaryDirectory(), 'stub'), image: 'docker.io/trails/tooled:1'};
      const file = {source: `${recipe.uploads[0]!.source}/a`, target: '/opt/a', owner: {uid: 1, gid: 1}, file: true};
      await other.prepare('docker.io/trails/tooled:1', () => {});
      await other.prepare('localhost/trails/codex:latest', () => {});
      await other.stop(await other.start({...recipe, uploads: [...recipe.uploads, file]}));
      await other.close();
      const wrong = stub.documents.flatMap(text =>
        validate(schema, parse(text)).map(({message}) => `${message}: ${text}`),
      );
      expect(wrong).toEqual([]);
      expect(stub.documents.length).toBeGreaterThan(10);
    });

    test('a recipe runs as root, with everything as given; the agent reaches none of ours', {
      timeout: 60_000,
    }, async () => {
      const recipe = recipeIn(temporaryDirectory(), 'one');
      const dialled = await listen(recipe.socket.source);
      const service = await engine.start(recipe);
      const said = await dialled.said;
      const parts = said.split(/^== .*\n/m).slice(1);
      expect(parts).toEqual([
        '0\n',
        [
          ...['755 1000:1000 /workspace', '640 1000:1000 /workspace/a', '777 1000:1000 /workspace/link'],
          ...[
            '600 0:0 /run/trails-link/reporter',
            '600 0:0 /run/trails-link/keys/host',
            '600 0:0 /run/trails-link/socket',
            '',
          ],
        ].join('\n'),
        secret,
        'a "b" $HOME\n',
        expect.stringContaining('Permission denied'),
        'out\n',
        '',
      ]);
      await engine.stop(service);
      await dialled.gone;
      await engine.stop(service);
      expect(readFileSync(sessionFilesIn(sessionDirectory(home.paths)).log, 'utf8')).not.toMatch(
        /SECRET-of-a-real|second-line-of/,
      );
    });

    test('equal recipes with another mark are two services', {timeout: 60_000}, async () => {
      const directory = temporaryDirectory();
      const recipe = recipeIn(directory, 'first');
      const one = await listen(recipe.socket.source);
      const service = await engine.start(recipe);
      await one.said;
      const second = {...recipe, unique: 'second', socket: {...recipe.socket, source: path.join(directory, 't.sock')}};
      const two = await listen(second.socket.source);
      const other = await engine.start(second);
      await two.said;
      await engine.stop(service);
      await one.gone;
      await engine.stop(other);
      await two.gone;
    });

    test('a service outlives our hold on its session, and ends with the session', {timeout: 60_000}, async () => {
      const recipe = recipeIn(temporaryDirectory(), 'lasting');
      const dialled = await listen(recipe.socket.source);
      await engine.start(recipe);
      await dialled.said;
      await engine.close();
      engine = open();
      expect(await engine.resume()).toBe(true);
      await engine.release();
      await dialled.gone;
      expect(await engine.resume()).toBe(false);
    });

    test('who leaves while it starts leaves nothing running', {timeout: 60_000}, async () => {
      const recipe = recipeIn(temporaryDirectory(), 'left');
      const dialled = await listen(recipe.socket.source);
      const stop = new AbortController();
      const starting = engine.start(recipe, stop.signal).catch((error: Error) => error.message);
      // As soon as it runs, and before we are told so, if that can be.
      void dialled.said.then(() => stop.abort(new Error('left')));
      const end = await starting;
      await dialled.said;
      if (end !== 'left') await engine.stop(end as Awaited<ReturnType<DaggerEngine['start']>>);
      await dialled.gone;
    });
  },
);
