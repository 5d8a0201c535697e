import {expect, test} from 'vitest';
import type {Live} from '../../src/sessions/terminals/live.ts';
import {type Seen, sessionView} from '../../src/sessions/view.ts';
import {sampleRecord} from '../support/sample-record.ts';
import {sampleStatus} from '../support/sample-session.ts';

const live = {detector: {verdict: sampleStatus('waiting')}, emulator: {title: ''}, unseen: false} as Live;
const seen = (over: Partial<Seen>): Seen => ({
  ...{live, caughtUp: true, problem: undefined, changes: null, step: undefined, given: [], resumes: false},
  ...{prompts: {waiting: 0, last: null}, denied: 0, queued: null},
  ...over,
});
const statusOf = (over: Partial<Seen>) => sessionView(sampleRecord({phase: 'running'}), seen(over)).status.status;

test('what a terminal shows while it is read is of earlier runs, and no status', () => {
  expect(statusOf({caughtUp: false})).toBe('starting');
  expect(statusOf({caughtUp: true})).toBe('waiting');
  expect(statusOf({live: undefined, caughtUp: false})).toBe('unknown');
});
