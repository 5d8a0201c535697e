import {describe, expect, test} from 'vitest';
import {AppError} from '../../src/errors.ts';
import {textOf} from '../../src/ui/models/line.ts';
import {networkLines} from '../../src/ui/models/network-lines.ts';
import {chosenItem, hostOf, moveNetwork, type NetworkState, withView} from '../../src/ui/models/network-place.ts';
import type {State} from '../../src/ui/state.ts';
import {manualClock} from '../support/manual-clock.ts';
import {everyNetwork, sampleAttempt, sampleRule} from '../support/sample-network.ts';
import {sampleNow, sampleSession} from '../support/sample-session.ts';
import {type Fake, openDashboard} from '../support/ui-dashboard.ts';

const view = everyNetwork();
const at = (over: Partial<NetworkState> = {}): NetworkState => ({id: '01-api', view, chosen: undefined, ...over});
const host = (state: NetworkState) => {
  const item = chosenItem(state);
  return item && hostOf(item);
};

describe('where one is in a network', () => {
  test('what is to be decided on comes first, the newest destination on top; behind the attempts the rules', () => {
    const hosts = Array.from({length: 11}, (_, by) => host(moveNetwork(at(), by)));
    expect(hosts).toEqual([
      ...['10.0.0.1', 'telemetry.example'],
      ...['api.anthropic.com', 'registry.npmjs.org', 'ads.example.com', 'cdn.playwright.dev', 'once.example.org'],
      ...['ads.example.com', 'cdn.playwright.dev', 'npm', '.anthropic.com'],
    ]);
    expect(host(moveNetwork(at(), 100))).toBe('.anthropic.com');
    expect(host(moveNetwork(at(), -1))).toBe('10.0.0.1');
  });

  test('the chosen one stays chosen while others come and counts rise', () => {
    const chosen = moveNetwork(at(), 1);
    const attempts = [
      sampleAttempt({host: 'new.example', firstAt: sampleNow}),
      ...view.attempts.map(one => ({...one, count: one.count + 1})),
    ];
    expect(host(withView(chosen, {...view, attempts}))).toBe('telemetry.example');
  });

  test('an agent moves no other host under a key: not before one was gone to, and not by what it makes go away', () => {
    const more = {...view, attempts: [sampleAttempt({host: 'evil.example', firstAt: sampleNow}), ...view.attempts]};
    expect(host(withView(at(), more))).toBe('10.0.0.1');
    expect(host(withView(withView(at({view: undefined}), view), more))).toBe('10.0.0.1');
    const flooded = {...more, attempts: more.attempts.filter(one => one.host !== 'telemetry.example')};
    const gone = withView(moveNetwork(at(), 1), flooded);
    expect(host(gone)).toBeUndefined();
    expect(host(withView(gone, flooded))).toBeUndefined();
    expect(host(moveNetwork(gone, 1))).toBe('evil.example');
  });

  test('when a rule is gone, the one that took its row is chosen', () => {
    const rule = moveNetwork(at(), 7);
    expect(host(withView(rule, {...view, rules: view.rules.slice(1)}))).toBe('cdn.playwright.dev');
    const last = moveNetwork(at(), 10);
    expect(host(withView(last, {...view, rules: view.rules.slice(0, 3)}))).toBe('npm');
    expect(host(withView(last, {...view, rules: [], attempts: []}))).toBeUndefined();
  });
});

describe('the network tab in text', () => {
  const shown = (state: NetworkState, width = 76, height = 18) =>
    networkLines(state, {width, height}, {now: sampleNow}).map(line => textOf(line).trimEnd());

  test('tells how often, how long ago and why, and where each rule comes from', () => {
    expect(shown(at())).toEqual([
      'allowlist  4 rules                                   ⊘ 2 denied  ✓ 2 reached',
      '',
      '▌⊘ 10.0.0.1:80            ×1    3s  it is an IP address',
      ' ⊘ telemetry.example     ×12    3s  it is not on the list',
      ' ✓ api.anthropic.com   ×1.2k    3s',
      ' ✗ registry.npmjs.org     ×3    1h  it could not be resolved',
      ' ⊘ ads.example.com        ×2    3s  blocked',
      ' ✓ cdn.playwright.dev     ×1    3s  allowed now; not asked for again yet',
      ' ✓ once.example.org       ×1    3s  once',
      '',
      'Rules',
      ' − ads.example.com     blocked by you, for this session',
      ' + cdn.playwright.dev  by you, for its repository',
      ' + npm                 asked for when it was made: registry.npmjs.org, regi…',
      ' + .anthropic.com      its agent needs it',
    ]);
  });

  test('where there is little room both parts show what is around the chosen one', () => {
    const lines = shown(moveNetwork(at(), 9), 50, 10);
    expect(lines).toHaveLength(10);
    expect(lines.some(line => line.startsWith('▌+ npm'))).toBe(true);
  });

  test.each([
    [{...view, network: 'none'} as const, 'nothing can be reached'],
    [{...view, network: 'open'} as const, 'everything can be reached'],
    [{...view, rules: [], attempts: []}, 'It has not asked for anything yet.'],
    [{...view, problem: 'no sockets\x1b[2J today'}, '✗ no sockets^[[2J today'],
  ])('a network without more to tell says so', (told, words) => {
    expect(shown(at({view: told})).join('\n')).toContain(words);
  });

  test('a name that wants to be something else is spelled out', () => {
    const attempts = [sampleAttempt({host: 'a\u202eb\x1b]0;x\x07.example', reason: 'no\x1b[31m'})];
    const text = shown(at({view: {...view, attempts}})).join('\n');
    expect(text).toContain('a<U+202E>b^[]0;x^G.example');
    expect(text).not.toMatch(/[\x1b\x07\u202e]/);
  });
});

const listening = (over: Parameters<typeof sampleSession>[0] = {}) => sampleSession({network: 'allowlist', ...over});
const told = (now: State) => now.network?.view !== undefined;
const decisions = (fake: Fake) => fake.calls.filter(call => call.startsWith('decide'));

async function openNetwork(session = listening(), clock?: ReturnType<typeof manualClock>) {
  const opened = openDashboard([session], {
    prepare: fake => fake.setNetwork('01-api', view),
    ...(clock ? {clock} : {}),
  });
  await opened.listed();
  opened.press('N');
  return opened;
}

describe('the network tab', () => {
  test('N shows it, and the screen when asked again', async () => {
    const {press, state, until} = await openNetwork();
    await until(told);
    expect(state().tab).toBe('network');
    press('N');
    expect(state().tab).toBe('screen');
  });

  test.each([
    ['y', 'session'],
    ['o', 'once'],
    ['Y', 'repo'],
    ['b', 'block'],
  ])('%s decides on the chosen host: %s', async (key, decision) => {
    const {press, until, fake, said} = await openNetwork();
    await until(told);
    press('j', key);
    await until(() => said().length > 0);
    expect(decisions(fake)).toEqual([`decide 01-api telemetry.example ${decision}`]);
    expect(said()[0]).toContain('telemetry.example');
  });

  test('u takes back what was said, of a rule and of an attempt', async () => {
    const {press, until, fake} = await openNetwork();
    await until(told);
    press(...'jjjjj', 'u', 'j', 'j', 'u');
    await until(() => decisions(fake).length === 2);
    expect(decisions(fake)).toEqual([
      'decide 01-api cdn.playwright.dev forget',
      'decide 01-api ads.example.com forget',
    ]);
  });

  test.each([
    [0, 'y', '10.0.0.1 is an address: it is never let through'],
    [1, 'u', 'You have not said anything about telemetry.example'],
    [2, 'y', 'api.anthropic.com is allowed already'],
    [2, 'o', 'api.anthropic.com is allowed already'],
    [4, 'b', 'ads.example.com is blocked already'],
    [5, 'Y', 'cdn.playwright.dev is allowed for its repository already'],
    [9, 'o', 'npm is more than one host'],
  ])('a key that would do nothing says why: %i %s', async (down, key, words) => {
    const {press, until, said, fake} = await openNetwork();
    await until(told);
    press(...'j'.repeat(down), key);
    expect(said()[0]).toContain(words);
    expect(decisions(fake)).toEqual([]);
  });

  test('without an allowlist there is nothing to decide on', async () => {
    const {press, until, said, fake} = await openNetwork(sampleSession({network: 'open'}));
    fake.setNetwork('01-api', {...view, network: 'open', rules: [], attempts: []});
    await until(now => now.network?.view?.network === 'open');
    press('y');
    expect(said()[0]).toContain('stays as it was made');
  });

  test('what the service refuses is told', async () => {
    const {press, until, said, fake} = await openNetwork();
    await until(told);
    fake.failWith('decide', new AppError('HOST_BLOCKED', 'telemetry.example is blocked by .example'));
    press('j', 'y');
    await until(() => said().length > 0);
    expect(said()).toEqual(['telemetry.example is blocked by .example']);
  });

  test('attempts show as they come, only while the tab is in view', async () => {
    const {press, until, fake} = await openNetwork();
    await until(told);
    fake.setNetwork('01-api', {...view, attempts: [sampleAttempt({host: 'late.example'})]});
    await until(now => now.network?.view?.attempts[0]?.host === 'late.example');
    press('i');
    await until(now => now.tab === 'info');
    const calls = fake.calls.filter(call => call === 'watchNetwork 01-api');
    expect(calls).toHaveLength(1);
  });

  test('what was before a person for a second has been seen', async () => {
    const clock = manualClock();
    const {fake} = await openNetwork(listening({denied: 2}), clock);
    const seen = fake.next('networkSeen');
    clock.pass(999);
    expect(fake.calls).not.toContain('networkSeen 01-api');
    clock.pass(1);
    await seen;
  });

  test('the dashboard keeps its other keys, and a session is started with them', async () => {
    const {press, state, until} = await openNetwork();
    await until(told);
    press('n');
    expect(state().overlay.kind).toBe('form');
  });
});

test('a rule that a later version has made is shown as what it is', () => {
  const rules = [sampleRule('crates', {hosts: []})];
  const lines = networkLines(at({view: {...view, rules}}), {width: 60, height: 18}, {now: sampleNow});
  expect(lines.map(textOf).join('\n')).toContain('+ crates  its agent needs it');
});
