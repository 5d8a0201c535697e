import type {SessionStats} from '../../sessions/port.ts';
import type {State} from '../state.ts';
import {type Line, lineWidth, quiet, type Span} from './line.ts';
import {isUnseen, lookOf} from './look.ts';
import {waits} from './order.ts';
import {usesText} from './session-row.ts';
import {plural} from './text.ts';

interface Count {
  readonly count: number;
  readonly text: string;
  readonly span: Omit<Span, 'text'>;
}

function countsOf(sessions: NonNullable<State['sessions']>): readonly Count[] {
  const running = sessions.filter(({phase}) => phase === 'running');
  const failing = sessions.filter(session => lookOf(session).tone === 'bad').length;
  const working = running.filter(({status}) => status.status === 'working' || status.status === 'thinking').length;
  const waiting = sessions.filter(waits).length;
  // An error that nobody has seen is trouble, and counted there.
  const fresh = sessions.filter(session => isUnseen(session) && lookOf(session).tone !== 'bad').length;
  const denied = sessions.reduce((sum, session) => sum + session.denied, 0);
  const of = (count: number, word: string, span: Omit<Span, 'text'>): Count => ({
    count,
    text: `${count} ${word}`,
    span,
  });
  return [
    of(waiting, 'waiting', {tone: 'waiting', bold: true}),
    of(fresh, 'new', {tone: 'accent', bold: true}),
    of(failing, 'in trouble', {tone: 'bad'}),
    of(denied, 'denied', {tone: 'waiting'}),
    of(working, 'working', {tone: 'good'}),
    {count: 1, text: sessions.length === 0 ? 'no sessions' : plural(sessions.length, 'session'), span: {}},
  ].filter(({count}) => count > 0);
}

const engineSpan = ({provider, state}: State['engine']): Span => {
  const name = provider === '' ? 'engine' : provider;
  if (state === 'unreachable') return {text: `✗ ${name} unreachable`, tone: 'bad'};
  if (state === 'connecting') return quiet(`connecting to ${name}…`);
  return quiet(name);
};

/** What all that run take together; "" while that is not known, or of one alone. */
function totalOf({stats}: Pick<State, 'stats'>): string {
  const all = [...stats.values()];
  if (all.length < 2) return '';
  const sum = (value: (one: SessionStats) => number) => all.reduce((total, one) => total + value(one), 0);
  return usesText({cpuPercent: sum(one => one.cpuPercent), memoryBytes: sum(one => one.memoryBytes)});
}

/** Product and counts at the left, the engine at the right. An engine in trouble outlives counts, anything else gives way to them. */
export function headerLine(
  state: Pick<State, 'sessions' | 'engine' | 'dev' | 'version' | 'stats'>,
  width: number,
): Line {
  const title: Line = [{text: ' '}, {text: 'trails', tone: 'accent', bold: true}];
  const counts: readonly Line[] = state.sessions
    ? countsOf(state.sessions).map(({text, span}, index): Line => [quiet(index === 0 ? '  ' : ' · '), {...span, text}])
    : [[quiet('  loading…')]];
  const engine = engineSpan(state.engine);
  const dev: Line = state.dev ? [{text: '  '}, {text: ' dev ', inverse: true}] : [];
  const end: Line = [{text: ' '}];
  const total = totalOf(state);
  const withEngine: readonly Line[] = [
    ...(total === '' ? [] : [[quiet(`${total}  `), engine, quiet(`  ${state.version}`), ...dev, ...end]]),
    [engine, quiet(`  ${state.version}`), ...dev, ...end],
    [engine, ...dev, ...end],
    [engine, ...end],
  ];
  const rights = state.engine.state === 'unreachable' ? withEngine : [...withEngine, [...dev, ...end], end];
  for (let shown = counts.length; shown >= 0; shown--) {
    const left = [...title, ...counts.slice(0, shown).flat()];
    const right = rights.find(line => lineWidth(left) + lineWidth(line) + (line === end ? 0 : 2) <= width);
    if (right) return [...left, {text: ' '.repeat(width - lineWidth(left) - lineWidth(right))}, ...right];
  }
  return title;
}
