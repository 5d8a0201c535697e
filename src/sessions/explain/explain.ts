import {createDetector, type Detector} from '../../agents/status/detector.ts';
import type {StatusRules} from '../../agents/status/rules.ts';
import type {Status, StatusVerdict} from '../../agents/status/verdict.ts';
import {manualClock} from '../../lib/manual-clock.ts';
import type {Size} from '../../providers/provider.ts';
import {cleanText} from '../../terminal/clean-text.ts';
import {createEmulator} from '../../terminal/emulator.ts';
import type {Explanation, RecordingExplanation, RecordingStep} from '../port/explain.ts';
import {cutsOf} from './pictures.ts';

/** Between two pictures of a recording: as long as an agent's spinner rests. */
const pictureMs = 100;
/** Before a title or a status: nothing else was written meanwhile. */
const restMs = 400;
/** At the end of what there is, the last picture has been there for longer than it is waited for another one. */
const atLastMs = 2000;
/** A screen alone has been there for ever. */
const foreverMs = 60_000;

/** The same detector as a session's, behind an emulator of this size. */
function openReader(rules: StatusRules, size: Size, onChange: (detector: Detector) => void) {
  const clock = manualClock(0);
  const emulator = createEmulator({size});
  const detector = createDetector({
    ...{clock, rules, clean: cleanText},
    look: () => ({rows: emulator.text(), drawing: emulator.drawing, colour: emulator.colour}),
    onChange: () => onChange(detector),
  });
  emulator.onSignal(signal => {
    if (signal.type === 'osc7501') detector.osc7501(signal.payload);
    if (signal.type === 'reset') detector.reset();
    if (signal.type === 'title') detector.title(signal.title);
  });
  return {
    clock,
    emulator,
    detector,
    dispose() {
      detector.dispose();
      emulator.dispose();
    },
  };
}

const explanation = ({status, kind, source, rule, detail}: StatusVerdict): Explanation => ({
  ...{status, kind: kind === '' ? null : kind, source, rule, detail},
});

/** What the rules make of one screen: rows of text with SGR codes, separated by line feeds. */
export async function explainScreen(
  rules: StatusRules,
  screen: {readonly text: string; readonly title: string; readonly size: Size},
): Promise<Explanation> {
  const reader = openReader(rules, screen.size, () => {});
  reader.emulator.write(Buffer.from(screen.text.replace(/\r?\n/g, '\r\n')));
  await reader.emulator.settled();
  reader.detector.replayed();
  reader.clock.pass(foreverMs);
  // It is the title of this very screen.
  if (screen.title !== '') reader.detector.title(screen.title);
  const told = explanation(reader.detector.verdict);
  reader.dispose();
  return told;
}

/** Thinking is read as working, what comes before the first picture is left out, equal neighbours are one. */
function inShort(steps: readonly RecordingStep[]): readonly Status[] {
  const read = steps
    .map(({status}) => (status === 'thinking' ? 'working' : status))
    .filter(status => status !== 'starting' && status !== 'unknown');
  return read.filter((status, at) => status !== read[at - 1]);
}

/**
 * What the rules make of raw output, in the order in which it was written. How it is cut into pieces makes no difference: `piece` is for
 * tests of that.
 */
export async function explainRecording(
  rules: StatusRules,
  {bytes, size, piece = 4096}: {readonly bytes: Uint8Array; readonly size: Size; readonly piece?: number},
): Promise<RecordingExplanation> {
  const steps: RecordingStep[] = [];
  let at = 0;
  const reader = openReader(rules, size, ({verdict}) => {
    steps.push({...explanation(verdict), at});
  });
  const {emulator, detector, clock} = reader;
  const cuts = cutsOf(bytes);
  for (const [index, {at: end, picture}] of cuts.entries()) {
    const from = at;
    at = end;
    for (let cut = from; cut < end; cut += piece) emulator.write(bytes.subarray(cut, Math.min(end, cut + piece)));
    await emulator.settled();
    if (!picture) continue;
    detector.output();
    detector.look();
    clock.pass(cuts[index + 1]?.picture === false ? restMs : pictureMs);
  }
  clock.pass(atLastMs);
  reader.dispose();
  return {statuses: inShort(steps), steps};
}
