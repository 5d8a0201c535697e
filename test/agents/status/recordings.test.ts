import {expect, test} from 'vitest';
import {builtIn} from '../../../src/agents/registry.ts';
import {explainRecording} from '../../../src/sessions/explain/explain.ts';
import type {RecordingStep} from '../../../src/sessions/port.ts';
import {bytesOf, type Recording, recordings} from '../../support/agent-fixtures.ts';

const explain = (recording: Recording, bytes: Uint8Array = bytesOf(recording), piece?: number) =>
  explainRecording(builtIn.named(recording.agent).status, {
    ...{bytes, size: {columns: recording.columns, rows: recording.rows}},
    ...(piece === undefined ? {} : {piece}),
  });

const places = recordings.flatMap(recording =>
  recording.steps.flatMap(step =>
    step.at === undefined ? [] : [{recording, step, at: step.at, file: recording.file}],
  ),
);

const holds = (step: Recording['steps'][number], told: RecordingStep | undefined) => {
  const status = told?.status === 'thinking' ? 'working' : told?.status;
  if (step.or !== undefined && status === step.or) return;
  expect({status, kind: step.kind === undefined ? undefined : told?.kind}).toEqual({
    status: step.status,
    kind: step.kind,
  });
};

test.each(recordings)('$file goes through its statuses, and through no others', async recording => {
  const {statuses} = await explain(recording);
  expect(statuses.join(',')).toMatch(new RegExp(recording.match));
});

test.each(places)('$file: after $at bytes the status holds', async ({recording, step, at}) => {
  const {steps} = await explain(recording);
  holds(
    step,
    steps.findLast(one => one.at <= at),
  );
});

test.each(places)('$file: it holds as well where the recording ends at $at bytes', async ({recording, step, at}) => {
  const {steps} = await explain(recording, bytesOf(recording).subarray(0, at));
  holds(step, steps.at(-1));
});

test.each(recordings)('$file: how it is cut into pieces makes no difference', async recording => {
  const bytes = bytesOf(recording);
  const small = bytes.length < 20_000 ? [1, 7] : [];
  const expected = await explain(recording);
  for (const piece of [...small, 64, 1000, 4096, bytes.length])
    expect(await explain(recording, bytes, piece)).toEqual(expected);
});
