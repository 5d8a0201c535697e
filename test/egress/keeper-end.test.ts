import {once} from 'node:events';
import {mkdirSync, rmSync} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {expect, test, vi} from 'vitest';
import {createEgress} from '../../src/egress/create-egress.ts';
import {runKeeper} from '../../src/egress/keeper/keeper.ts';
import {keptEgress} from '../../src/egress/keeper/kept-egress.ts';
import {isAbsent, openLine} from '../../src/egress/keeper/line.ts';
import {silentLog} from '../../src/lib/log.ts';
import {keeperFiles} from '../../src/lib/paths.ts';
import {temporaryHome} from '../support/home.ts';
import {manualClock} from '../support/manual-clock.ts';

const empty = {rules: [], token: '', routes: []};

async function keeper() {
  const {home, paths} = temporaryHome();
  const clock = manualClock();
  const {socket} = keeperFiles(paths);
  let ended = false;
  void runKeeper({socket, egress: createEgress({clock}), clock, log: silentLog, version: '1'}).then(() => {
    ended = true;
  });
  const line = await openLine(socket, {clock}).catch(async error => {
    if (!isAbsent(error)) throw error;
    // It listens as soon as it has begun.
    await new Promise(setImmediate);
    return openLine(socket, {clock});
  });
  return {home, clock, line, ended: () => ended};
}

/** However long it takes to hear that the connection is over: time goes on until it has ended. */
const over = (clock: ReturnType<typeof manualClock>, ended: () => boolean) =>
  vi.waitFor(() => {
    clock.pass(10_000);
    expect(ended()).toBe(true);
  });

test('it ends by itself when no session is served and no daemon is there', async () => {
  const {home, clock, line, ended} = await keeper();
  await line.ask<'serve'>({ask: 'serve', id: 's1', directory: path.join(home, 'egress'), policy: empty});
  clock.pass(60_000);
  await line.ask<'end'>({ask: 'end', id: 's1'});
  clock.pass(60_000);
  await line.ask<'hello'>({ask: 'hello'});
  expect(ended()).toBe(false);
  line.close();
  await over(clock, ended);
});

test('a session whose directory has gone keeps it no longer', async () => {
  const {home, clock, line, ended} = await keeper();
  const directory = path.join(home, 'egress');
  await line.ask<'serve'>({ask: 'serve', id: 's1', directory, policy: empty});
  line.close();
  rmSync(directory, {recursive: true});
  await over(clock, ended);
});

test('one that takes connections and answers nothing is waited for no longer than so', async () => {
  const {home, paths} = temporaryHome();
  const clock = manualClock();
  const {socket} = keeperFiles(paths);
  mkdirSync(path.dirname(socket), {recursive: true});
  const stuck = net.createServer(client => client.on('data', () => clock.pass(11_000)).on('error', () => {}));
  await once(stuck.listen(socket), 'listening');
  const egress = keptEgress({socket, version: '1', start: () => () => undefined, clock, log: silentLog});
  await expect(egress.serve('s1', path.join(home, 'egress'), empty)).rejects.toMatchObject({code: 'STATE_UNUSABLE'});
  await egress.close();
  stuck.close();
});

test('a connection that is reset is over, and whoever asks is told', async () => {
  const {paths} = temporaryHome();
  const {socket} = keeperFiles(paths);
  mkdirSync(path.dirname(socket), {recursive: true});
  const dying = net.createServer({pauseOnConnect: true}, async client => {
    // As when a keeper is killed: what was asked lies there unread.
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    client.destroy();
  });
  await once(dying.listen(socket), 'listening');
  await expect(openLine(socket, {clock: manualClock()})).rejects.toMatchObject({code: 'STATE_UNUSABLE'});
  dying.close();
});
