import path from 'node:path';
import type {Status} from '../src/sessions/port.ts';
import {bundle} from '../test/support/bundle.ts';
import type {Bench, Row} from './bench.ts';
import {openPodmanHome} from './podman-home.ts';
import {summaryOf} from './samples.ts';

const rounds = 30;
const mostMs = 500;
const size = {columns: 100, rows: 30};
const texts: Readonly<Record<string, string>> = {
  'one line': 'fix the tests',
  '20 KB in 400 lines': 'a line of a long prompt, with some words in it\n'.repeat(400),
};

/** From the client's call to the answer that it is delivered, by an agent that says itself that it works. */
export const send: Bench = {
  name: 'send',
  title: 'from a prompt for an agent that is ready to knowing that the agent has it',
  notes: [
    `${rounds} rounds each, after one that is not counted, through the daemon to a scripted agent in a container; size ${size.columns}×${size.rows}`,
    'in it: the text is waited for on the screen, and stands there 150 ms before Enter',
  ],
  async measure(say) {
    const home = await openPodmanHome();
    const rows: Row[] = [];
    try {
      const {signal} = new AbortController();
      const command = [
        'node',
        '/workspace/program.mjs',
        JSON.stringify({tells: true, folds: true}),
        '/workspace/taken',
      ];
      await bundle(path.resolve('test/support/prompted-agent-program.ts'), home.repo('sent'));
      await home.session('sent', command, size);
      const ready: readonly Status[] = ['ready'];
      for (const [what, text] of Object.entries(texts)) {
        const samples: number[] = [];
        for (let round = 0; round <= rounds; round++) {
          say(`${what}: round ${round} of ${rounds}`);
          await home.port.wait('sent', {statuses: ready}, signal);
          const began = performance.now();
          const {id} = await home.port.send('sent', text);
          const {state, detail} = await home.port.awaitPrompt('sent', id, {timeoutMs: 20_000}, signal);
          if (state !== 'delivered') throw new Error(`a prompt is ${state}: ${detail}`);
          if (round > 0) samples.push(performance.now() - began);
        }
        const ours = summaryOf(samples);
        rows.push({what, unit: 'ms', ours, target: {text: `p50 ≤ ${mostMs} ms`, met: ours.p50 <= mostMs}});
      }
    } finally {
      await home.end();
    }
    return rows;
  },
};
