import {expect, test} from 'vitest';
import {daemonProgram} from './program.ts';

const program = daemonProgram();
const [clients, rounds] = [20, 20];

test('20 clients at once, 20 rounds, each after a kill -9: never two daemons, no client fails', async () => {
  const world = program.world();
  const asks = await Promise.all(Array.from({length: clients}, () => world.client()));
  let before: number | undefined;
  for (let round = 0; round < rounds; round += 1) {
    const answers = await Promise.all(asks.map(ask => ask()));
    const [pid] = world.daemons();
    expect(world.daemons(), `round ${round}`).toEqual([pid]);
    // Every one met this daemon, or the one that was killed while they asked for it.
    const others = answers.filter(answer => answer.pid !== pid && answer.pid !== before);
    expect(others, `round ${round}`).toEqual([]);
    // They ask again without waiting for its death.
    process.kill(pid!, 'SIGKILL');
    before = pid;
  }
}, 120_000);
