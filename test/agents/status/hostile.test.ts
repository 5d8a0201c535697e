import {expect, test} from 'vitest';
import {builtIn} from '../../../src/agents/registry.ts';
import {createFootReader} from '../../../src/agents/status/foot.ts';
import {matchScreen} from '../../../src/agents/status/screen-match.ts';
import {seeded} from '../../support/seeded.ts';

// An agent chooses what stands on its screen, and fifty of them are read by one process: no picture may take long to read.

const pieces = [
  ...['Do you want to ', 'Would you like to run ', '? ', '1. Yes ', '❯ 1. a', '› 1. a', '│ ● 1. a', 'Esc to cancel · '],
  ...[
    '──────────',
    '▄▄▄▄▄▄▄▄▄▄',
    '▀▀▀▀▀▀▀▀▀▀',
    '  ┃  text',
    '  ╹▀▀▀▀▀▀▀▀▀▀',
    '     ▣  Build · Stub',
    '✕ error',
    '■ error',
  ],
  ...[
    '● API Error',
    '● text',
    '✻ Thinking… ',
    '✻ x · retrying',
    '⠋ Thinking... (esc to cancel, 3s)',
    ' ⠋ x',
    '❯ ',
    '› ',
  ],
  ...['• Working (3s • esc to interrupt)', ' > ', '> ', 'Enter to select · ', 'press enter to ', 'esc interrupt '],
  ...['[retrying in ', 'attempt #', '△ Permission required', 'Allow execution of ', '(Y)es/(N)o', 'litellm.Error: '],
  ...['Retrying...', '· ', 'a', '│ x │', ' ◉ Working', '→ x', 'Question 1/1 ', '    y', ' '],
];
const longestMs = 25;

const rubbish = ({below, pick, oneIn}: ReturnType<typeof seeded>): readonly string[] => {
  const few = Array.from({length: 1 + below(3)}, () => pick(pieces));
  return Array.from({length: 60}, () => {
    const width = pick([20, 80, 300]);
    let row = '';
    while (row.length < width) row += pick(few);
    return oneIn(10) ? '' : row.slice(0, width);
  });
};

test('no screen takes long to read, whatever is on it', () => {
  const random = seeded(7);
  const slow: unknown[] = [];
  for (let screen = 0; screen < 150; screen++) {
    const rows = rubbish(random);
    for (const {name, status} of builtIn.all) {
      const read = () => {
        const began = performance.now();
        matchScreen(status.screen, createFootReader()({rows, colour: row => (row % 3 === 0 ? '-' : 'aabbcc')}));
        return performance.now() - began;
      };
      // The quickest of several: the machine may be busy with something else.
      let took = read();
      for (let again = 0; again < 5 && took > longestMs; again++) took = Math.min(took, read());
      if (took > longestMs) slow.push([name, took, rows[0]]);
    }
  }
  expect(slow).toEqual([]);
});

test('a screen of a thousand columns, or without end, is read as its lower left part', () => {
  const rows = Array.from({length: 5000}, () => 'x'.repeat(100_000));
  const foot = createFootReader()({rows, colour: () => '-'});
  expect(foot.rows(1000).length).toBeLessThan(20_000);
});
