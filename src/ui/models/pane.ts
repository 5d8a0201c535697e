import type {SessionView} from '../../sessions/port.ts';
import {type State, type Tab, tabs} from '../state.ts';
import {age} from './age.ts';
import {type Line, lineWidth, quiet} from './line.ts';
import {lookOf, remarkOf, sinceOf} from './look.ts';
import {shorten, widthOf} from './text.ts';

const titles: Record<Tab, string> = {screen: 'Screen', logs: 'Logs', diff: 'Diff', network: 'Network', info: 'Info'};

const tabLine = (active: Tab, shown: readonly Tab[]): Line =>
  shown.flatMap((tab, index): Line => {
    const join = index === 0 ? '─' : '';
    return tab === active
      ? [quiet(`${join}┤`), {text: ` ${titles[tab]} `, tone: 'accent', bold: true}, quiet('├')]
      : [quiet(`${join}─`), quiet(` ${titles[tab]} `), quiet('─')];
  });

const rule = (width: number) => quiet('─'.repeat(Math.max(0, width)));

/** The pane's upper edge: the tabs, and whose pane it is. */
export function paneTop(tab: Tab, session: SessionView | undefined, width: number): Line {
  const end: Line = [quiet('─╮')];
  const all: Line = [quiet('╭'), ...tabLine(tab, tabs)];
  // Where there is no room for all of them, at least which one it is.
  const left: Line = lineWidth(all) + lineWidth(end) <= width ? all : [quiet('╭'), ...tabLine(tab, [tab])];
  const room = width - lineWidth(left) - lineWidth(end) - 3;
  const name = session && room >= 4 ? shorten(session.name, room) : '';
  const right: Line = name === '' ? end : [{text: ` ${name} `, bold: true}, ...end];
  return [...left, rule(width - lineWidth(left) - lineWidth(right)), ...right];
}

/** The pane's lower edge: the state of the agent in words, what says so, and how far up it is scrolled. */
export function paneBottom(
  state: Pick<State, 'now' | 'scroll'>,
  session: SessionView | undefined,
  width: number,
): Line {
  const start = quiet('╰─');
  const end: Line = [quiet('─╯')];
  const right: Line =
    state.scroll > 0 ? [quiet(' '), {text: `↑ ${state.scroll}`, tone: 'accent'}, quiet(' '), ...end] : end;
  if (!session) return [start, rule(width - lineWidth([start]) - lineWidth(right)), ...right];
  const {glyph, tone, word} = lookOf(session);
  const head = ` ${glyph} ${word.replace('…', '')} ${age(sinceOf(session), state.now)}`;
  const remark = remarkOf(session);
  const reason = remark !== '' ? remark : session.phase === 'running' ? session.status.rule : '';
  const room = width - 2 - widthOf(head) - lineWidth(right) - 4;
  const tail = reason !== '' && room >= 8 ? ` · ${shorten(reason, room)} ` : ' ';
  const left: Line = [start, {text: head, tone: tone === 'plain' ? 'plain' : tone}, quiet(tail)];
  return [...left, rule(width - lineWidth(left) - lineWidth(right)), ...right];
}
