import {type NetworkAttempt, type NetworkRule, type NetworkView, ruleSourceWords} from '../../sessions/port.ts';
import type {State} from '../state.ts';
import {age} from './age.ts';
import {shortNumber} from './change-text.ts';
import {type Line, lineWidth, quiet, type Span, spread, type Tone} from './line.ts';
import {firstRow} from './list.ts';
import {chosenAt, isOpen, itemsOf, type NetworkState} from './network-place.ts';
import {padded, plural, shorten, widthOf, wrapWords} from './text.ts';
import {visible} from './visible.ts';

interface Area {
  readonly width: number;
  readonly height: number;
}

const without: Record<Exclude<NetworkView['network'], 'allowlist'>, string> = {
  none: 'It has no network: nothing can be reached, and nothing can be allowed. That stays as it was made.',
  open: 'Its network is open: everything can be reached, and nobody looks at what is. That stays as it was made.',
};

interface Look {
  readonly glyph: string;
  readonly tone: Tone;
  readonly remark: string;
}

function lookOf(attempt: NetworkAttempt): Look {
  const {outcome, ruled, reason} = attempt;
  if (outcome === 'allowed' && ruled !== 'block')
    return {glyph: '✓', tone: 'good', remark: ruled === null ? 'once' : ''};
  if (outcome === 'failed') return {glyph: '✗', tone: 'bad', remark: visible(reason)};
  if (ruled === 'allow' && reason === '')
    return {glyph: '✓', tone: 'quiet', remark: 'allowed now; not asked for again yet'};
  if (ruled === 'block') return {glyph: '⊘', tone: 'quiet', remark: 'blocked'};
  return {glyph: '⊘', tone: 'waiting', remark: visible(reason)};
}

const usualPort = 443;
const nameOf = ({host, port}: NetworkAttempt): string => visible(port === usualPort ? host : `${host}:${port}`);

/** "▌⊘ " before a host, and "  ×12    3s  " behind it. */
const front = 3;
const behind = 15;
const countText = (count: number): string => `×${shortNumber(count)}`;
const longest = (texts: readonly string[]): number => texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);

function attemptLine(attempt: NetworkAttempt, hosts: number, width: number, chosen: boolean, now: number): Line {
  const {glyph, tone, remark} = lookOf(attempt);
  const room = width - front - hosts - behind;
  return [
    {text: chosen ? '▌' : ' ', tone: 'accent'},
    {text: glyph, tone, bold: isOpen(attempt)},
    {text: ` ${padded(nameOf(attempt), hosts)}`, bold: chosen},
    quiet(`  ${countText(attempt.count).padStart(5)}  ${age(attempt.lastAt, now).padStart(4)}  `),
    {text: shorten(remark, room), tone: tone === 'good' ? 'quiet' : tone},
  ];
}

const signs: Record<NetworkRule['decision'], Span> = {
  allow: {text: '+', tone: 'good'},
  block: {text: '−', tone: 'bad'},
};

/** A group says which hosts it stands for, as far as there is room. */
function ruleLine(rule: NetworkRule, hosts: number, width: number, chosen: boolean): Line {
  const others = rule.hosts.filter(host => host !== rule.host);
  const members = others.length === 0 ? '' : `: ${others.join(', ')}`;
  const words = `${rule.decision === 'block' ? 'blocked ' : ''}${ruleSourceWords[rule.from]}${members}`;
  return [
    {text: chosen ? '▌' : ' ', tone: 'accent'},
    signs[rule.decision],
    {text: ` ${padded(visible(rule.host), hosts)}`, bold: chosen},
    {text: `  ${shorten(words, width - front - hosts - 2)}`, tone: 'quiet'},
  ];
}

function summaryLine({rules, attempts}: NetworkView, width: number): Line {
  const passed = attempts.filter(({outcome}) => outcome === 'allowed').length;
  const open = attempts.filter(isOpen).length;
  const left: Line = [{text: 'allowlist', bold: true}, quiet(`  ${plural(rules.length, 'rule')}`)];
  const right: Line = [
    ...(open > 0 ? [{text: `⊘ ${open} denied`, tone: 'waiting' as const, bold: true}, quiet('  ')] : []),
    quiet(`✓ ${passed} reached`),
  ];
  return spread(left, right, width);
}

/** The part of some lines around the chosen one, or their beginning. */
const around = (lines: readonly Line[], chosen: number, height: number): readonly Line[] => {
  const first = firstRow(Math.max(0, chosen), lines.length, height);
  return lines.slice(first, first + height);
};

interface Parts {
  readonly attempts: readonly Line[];
  readonly rules: readonly Line[];
  /** In each; -1 where it is in the other. */
  readonly attemptAt: number;
  readonly ruleAt: number;
}

function partsOf(
  state: NetworkState,
  view: NetworkView,
  widths: {attempts: number; rules: number},
  now: number,
): Parts {
  const at = chosenAt(state);
  const items = itemsOf(view);
  const attempts = items.flatMap(item => (item.kind === 'attempt' ? [item.attempt] : []));
  const hosts = Math.max(0, Math.min(longest(attempts.map(nameOf)), widths.attempts - front - behind));
  const words = Math.min(longest(view.rules.map(({host}) => visible(host))), Math.floor(widths.rules / 2));
  return {
    attempts: attempts.map((one, index) => attemptLine(one, hosts, widths.attempts, index === at, now)),
    rules: view.rules.map((one, index) => ruleLine(one, words, widths.rules, index + attempts.length === at)),
    attemptAt: at < attempts.length ? at : -1,
    ruleAt: at - attempts.length,
  };
}

const nothingYet: Line = [quiet('It has not asked for anything yet.')];
const noRules: Line = [quiet('No rules: nothing is let through.')];

/** From so many columns on, attempts and rules stand beside each other. */
const besideFrom = 110;
const divider = ' │ ';
const padTo = (line: Line, width: number): Line => [...line, {text: ' '.repeat(Math.max(0, width - lineWidth(line)))}];

function besideLines(state: NetworkState, view: NetworkView, {width, height}: Area, now: number): readonly Line[] {
  const right = Math.min(60, Math.round(width * 0.4));
  const left = width - right - divider.length;
  const {attempts, rules, attemptAt, ruleAt} = partsOf(state, view, {attempts: left, rules: right}, now);
  const lefts = attempts.length > 0 ? around(attempts, attemptAt, height) : [nothingYet];
  const rights = rules.length > 0 ? around(rules, ruleAt, height) : [noRules];
  return Array.from(
    {length: height},
    (_, row): Line => [...padTo(lefts[row] ?? [], left), quiet(divider), ...(rights[row] ?? [])],
  );
}

/** The attempts have what the rules leave them, which is two thirds at least. */
function belowLines(state: NetworkState, view: NetworkView, {width, height}: Area, now: number): readonly Line[] {
  const {attempts, rules, attemptAt, ruleAt} = partsOf(state, view, {attempts: width, rules: width}, now);
  const uppers = attempts.length > 0 ? attempts : [nothingYet];
  const lowers = rules.length > 0 ? rules : [noRules];
  const free = height - Math.min(uppers.length, Math.ceil((height * 2) / 3)) - 2;
  const rows = Math.max(1, Math.min(lowers.length, free));
  return [
    ...around(uppers, attemptAt, Math.max(1, height - rows - 2)),
    [],
    [quiet('Rules')],
    ...around(lowers, ruleAt, rows),
  ];
}

/** The network tab: how it stands in one line, then what was tried, and the rules below or beside it. */
export function networkLines(state: NetworkState, area: Area, {now}: Pick<State, 'now'>): readonly Line[] {
  const {view} = state;
  const {width, height} = area;
  if (!view) return [];
  if (view.network !== 'allowlist') return wrapWords(without[view.network], width).map((text): Line => [quiet(text)]);
  const problem: readonly Line[] =
    view.problem === '' ? [] : [[{text: shorten(`✗ ${visible(view.problem)}`, width), tone: 'bad'}]];
  const head: readonly Line[] = [summaryLine(view, width), ...problem, []];
  const rest = {width, height: Math.max(1, height - head.length)};
  const body = width >= besideFrom ? besideLines(state, view, rest, now) : belowLines(state, view, rest, now);
  return [...head, ...body].slice(0, height);
}
