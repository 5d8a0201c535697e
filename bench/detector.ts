import {readFileSync} from 'node:fs';
import path from 'node:path';
import {builtIn} from '../src/agents/registry.ts';
import {createDetector} from '../src/agents/status/detector.ts';
import {pause, systemClock} from '../src/lib/clock.ts';
import {cleanText} from '../src/terminal/clean-text.ts';
import {createEmulator} from '../src/terminal/emulator.ts';
import type {Bench, Row} from './bench.ts';
import {summaryOf} from './samples.ts';

const agentCount = 20;
const redrawsPerSecond = 10;
const roundMs = 4000;
const rounds = 5;
const target = 2;

const fixtures = path.resolve(import.meta.dirname, '../test/fixtures/agents/sizes');
/** Agents at work, as they were captured: what is looked at most. */
const screens = ['claude', 'codex', 'gemini', 'opencode', 'qwen'].map(agent => ({
  ...{agent, columns: 80, rows: 24},
  text: readFileSync(path.join(fixtures, `${agent}-80x24-running.ansi`), 'utf8'),
}));
const spinner = ['⠋', '⠙', '⠹', '⠸'];

/** What is measured: with it off everything goes on but the detectors. */
interface Switch {
  on: boolean;
}

function openAgent({agent, text, columns, rows}: (typeof screens)[number], detectors: Switch) {
  const emulator = createEmulator({size: {columns, rows}});
  const detector = createDetector({
    ...{clock: systemClock, rules: builtIn.named(agent).status, clean: cleanText},
    look: () => ({rows: emulator.text(), drawing: emulator.drawing, colour: emulator.colour}),
    onChange() {},
  });
  emulator.onChange(() => {
    if (detectors.on) detector.screenChanged();
  });
  const lines = text.split('\n');
  let frame = 0;
  return {
    detector,
    redraw() {
      frame += 1;
      // All of it anew, with another count on its first row: no two pictures are the same.
      const drawn = [`${spinner[frame % 4]} ${frame}`, ...lines.slice(1)].join('\r\n');
      emulator.write(Buffer.from(`\x1b[H${drawn}`));
      if (detectors.on) detector.output();
    },
    close() {
      detector.dispose();
      emulator.dispose();
    },
  };
}

/** The processor time of this process while so much time passes, as a share of one core. */
async function share(): Promise<number> {
  const [before, began] = [process.cpuUsage(), performance.now()];
  await pause(roundMs);
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 10 / (performance.now() - began);
}

async function measure(say: (progress: string) => void): Promise<readonly Row[]> {
  const detectors: Switch = {on: true};
  const agents = Array.from({length: agentCount}, (_, at) => openAgent(screens[at % screens.length]!, detectors));
  const stop = new AbortController();
  const drawing = agents.map(async (agent, at) => {
    await pause((at * 1000) / redrawsPerSecond / agentCount);
    while (!stop.signal.aborted) {
      agent.redraw();
      await pause(1000 / redrawsPerSecond);
    }
  });
  const shares = {on: [] as number[], off: [] as number[]};
  try {
    await pause(2000);
    for (let round = 0; round < rounds; round++) {
      say(`${round + 1} of ${rounds}`);
      for (const on of [true, false]) {
        detectors.on = on;
        await pause(200);
        shares[on ? 'on' : 'off'].push(await share());
      }
    }
    const lost = agents.filter(({detector}) => !['thinking', 'working'].includes(detector.verdict.status));
    if (lost.length > 0) throw new Error(`${lost.length} of ${agentCount} agents at work were not seen at work`);
  } finally {
    stop.abort();
    await Promise.all(drawing);
    for (const agent of agents) agent.close();
  }
  const [ours, without] = [summaryOf(shares.on), summaryOf(shares.off)];
  const cost = summaryOf(shares.on.map((on, round) => Math.max(0, on - shares.off[round]!)));
  const what = `${agentCount} agents redrawing ${redrawsPerSecond} times a second, of one core`;
  return [
    {what, unit: '%', ours, beside: {name: 'without detectors', summary: without}},
    {
      what: 'of which the detectors',
      ...{unit: '%', ours: cost, target: {text: `<= ${target} %`, met: cost.p50 <= target}},
    },
  ];
}

export const detector: Bench = {
  name: 'detector',
  title: 'Status: what it costs to know what agents do',
  notes: [
    `Captured screens of ${screens.length} agents at work, 80×24, drawn anew each time; ${rounds} rounds of ${roundMs / 1000} s with and without detectors, by turns; processor time of the whole process, parsing of output included.`,
  ],
  measure,
};
