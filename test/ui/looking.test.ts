import {describe, expect, test} from 'vitest';
import {manualClock} from '../support/manual-clock.ts';
import {sampleSession, sampleStatus} from '../support/sample-session.ts';
import {openDashboard} from '../support/ui-dashboard.ts';

const ended = (name: string, createdAt = 1) =>
  sampleSession({name, createdAt, unseen: true, status: sampleStatus('ready')});
const works = (name: string) => sampleSession({name, createdAt: 0, status: sampleStatus('working')});
const settled = () => new Promise(resolve => setImmediate(resolve));
const seen = (calls: readonly string[]) => calls.filter(call => call.startsWith('seen'));

const open = async (options: Parameters<typeof openDashboard>[1] = {}) => {
  const clock = manualClock();
  const opened = openDashboard([ended('a'), ended('b', 2)], {clock, ...options});
  await opened.listed();
  return {...opened, clock};
};

describe('looking at a session', () => {
  test('its screen was in view for a second', async () => {
    const {fake, clock} = await open();
    clock.pass(900);
    expect(seen(fake.calls)).toEqual([]);
    clock.pass(100);
    await settled();
    expect(seen(fake.calls)).toEqual(['seen 01-a']);
  });

  test('who goes past has not looked', async () => {
    const {press, fake, clock} = await open();
    clock.pass(500);
    press('j');
    clock.pass(999);
    expect(seen(fake.calls)).toEqual([]);
    clock.pass(1);
    await settled();
    expect(seen(fake.calls)).toEqual(['seen 01-b']);
  });

  test.each([
    ['another tab', ['i']],
    ['the help over it', ['?']],
  ])('%s is not its screen', async (_, keys) => {
    const {press, fake, clock} = await open();
    press(...keys);
    clock.pass(5000);
    await settled();
    expect(seen(fake.calls)).toEqual([]);
  });

  test('a narrow terminal shows its screen once the pane is open', async () => {
    const {press, fake, clock} = await open({size: {columns: 80, rows: 24}});
    clock.pass(5000);
    await settled();
    expect(seen(fake.calls)).toEqual([]);
    press('tab');
    clock.pass(1000);
    await settled();
    expect(seen(fake.calls)).toEqual(['seen 01-a']);
  });

  test('attaching is looking, and it ends with looking', async () => {
    const {press, until, fake} = openDashboard([works('a')]);
    await until(now => now.sessions !== undefined);
    press('enter');
    await until(now => now.lent);
    expect(seen(fake.calls)).toEqual(['seen 01-a']);
    fake.attachments[0]?.end({reason: 'detached'});
    await until(now => !now.lent);
    await settled();
    expect(seen(fake.calls)).toEqual(['seen 01-a', 'seen 01-a']);
  });
});

test('w goes to those who wait, then to what is new, then around', async () => {
  const waits = sampleSession({name: 'waits', createdAt: 5, status: sampleStatus('waiting')});
  const {listed, press, state} = openDashboard([works('works'), ended('new', 3), waits]);
  await listed();
  const selected = () => state().sessions?.find(({id}) => id === state().selected)?.name;
  press('G');
  expect(selected()).toBe('works');
  press('w');
  expect(selected()).toBe('waits');
  press('w');
  expect(selected()).toBe('new');
  press('w');
  expect(selected()).toBe('waits');
});

test('a change of another session rings while one is attached, its own does not', async () => {
  const clock = manualClock();
  const {listed, press, until, fake, rung} = openDashboard([works('a'), works('b')], {clock});
  await listed();
  press('enter');
  await until(now => now.lent);
  fake.change('a', {status: sampleStatus('waiting', {kind: 'question'})});
  await settled();
  clock.pass(1000);
  expect(rung).toEqual([]);
  fake.change('b', {status: sampleStatus('waiting', {kind: 'question'})});
  await settled();
  clock.pass(1000);
  expect(rung).toEqual(['b asks a question']);
  fake.attachments[0]?.end({reason: 'detached'});
});
