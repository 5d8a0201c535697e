import {rmSync} from 'node:fs';
import path from 'node:path';
import {expect, test, vi} from 'vitest';
import {createEgress} from '../../src/egress/create-egress.ts';
import {runKeeper} from '../../src/egress/keeper/keeper.ts';
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
  const line = await openLine(socket, () => {}).catch(async error => {
    if (!isAbsent(error)) throw error;
    // It listens as soon as it has begun.
    await new Promise(setImmediate);
    return openLine(socket, () => {});
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
