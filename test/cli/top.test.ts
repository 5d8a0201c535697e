import {expect, test} from 'vitest';
import {statsTable} from '../../src/cli/top-command.ts';

const paint = (_: string, text: string) => text;
const one = {
  ...{id: '1', name: 'api', cpuPercent: 12.5, memoryBytes: 2 ** 20, pids: 3, diskBytes: 0},
  ...{memoryLimit: 2 ** 30, pidsLimit: 128, diskLimit: null},
};

test('a limit that is not held is told as none, and so is a sum with one', () => {
  const loose = {...one, name: 'far', memoryLimit: 0, pidsLimit: 0};
  const rows = statsTable([one, loose], paint).map(row => row.trim().split(/ {2,}/));
  expect(rows.map(row => [row[3], row[5]])).toEqual([
    ['OF', 'OF'],
    ['1G', '128'],
    ['-', '-'],
    ['-', '-'],
  ]);
});
