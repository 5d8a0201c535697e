import path from 'node:path';
import {expect, test} from 'vitest';
import {run} from '../../src/lib/exec.ts';

// Other seeds, and longer: node bench/chaos.ts --seconds 600. What a run finds is told with its history.
test.each([
  {provider: 'mock', seed: 3},
  {provider: 'podman', seed: 14},
])('30 s of kill -9 of everything over $provider (seed $seed): every invariant holds', async ({provider, seed}) => {
  const args = ['bench/chaos.ts', '--seconds', '30', '--provider', provider, '--seed', String(seed)];
  const {exitCode, stdout, stderr} = await run(process.execPath, args, {cwd: path.resolve('.'), timeoutMs: 160_000});
  console.log(stdout.split('\n').slice(-9).join('\n'));
  expect(stderr).toBe('');
  expect(exitCode, stdout).toBe(0);
}, 180_000);
