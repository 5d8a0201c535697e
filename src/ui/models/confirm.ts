import type {SessionView, TeardownSummary} from '../../sessions/port.ts';
import type {Line, Tone} from './line.ts';
import {shorten, wrapWords} from './text.ts';

/** A question before something goes. No is chosen first. */
export interface ConfirmState {
  readonly act: 'tearDown' | 'stop' | 'restart' | 'resume';
  readonly sessions: readonly Pick<SessionView, 'id' | 'name' | 'agent' | 'phase'>[];
  /** What goes and what stays, by session; missing until it is known. */
  readonly summaries: ReadonlyMap<string, TeardownSummary>;
  readonly problem: string;
  readonly yes: boolean;
}

const verbs: Record<ConfirmState['act'], string> = {
  tearDown: 'Tear down',
  stop: 'Stop',
  restart: 'Restart',
  resume: 'Resume',
};

const verbOf = ({act, sessions}: ConfirmState): string =>
  act === 'tearDown' && sessions.every(({phase}) => phase === 'lost') ? 'Forget' : verbs[act];

export const confirmTitle = (confirm: ConfirmState): string => {
  const [first, ...others] = confirm.sessions;
  const what = first && others.length === 0 ? first.name : `${confirm.sessions.length} sessions`;
  return `${verbOf(confirm)} ${what}?`;
};

/** Lines that are the same for every session are told once. */
const gathered = (confirm: ConfirmState, side: keyof TeardownSummary): readonly string[] => {
  const bySession = confirm.sessions.map(({id, name}) => ({name, lines: confirm.summaries.get(id)?.[side] ?? []}));
  const all = [...new Set(bySession.flatMap(({lines}) => lines))];
  return all.map(line => {
    const names = bySession.filter(({lines}) => lines.includes(line)).map(({name}) => name);
    return names.length === confirm.sessions.length ? line : `${names.join(', ')}: ${line}`;
  });
};

export function confirmLines(confirm: ConfirmState, width: number, height: number): readonly Line[] {
  const {act, sessions, summaries, problem, yes} = confirm;
  const title: Line = [{text: shorten(confirmTitle(confirm), width), bold: true}];
  const names = sessions.length > 1 ? wrapWords(sessions.map(({name}) => name).join(', '), width) : [];
  const part = (heading: string, texts: readonly string[], tone: Tone = 'quiet'): readonly Line[] =>
    texts.length === 0
      ? []
      : [
          [],
          [{text: heading, tone}],
          ...texts.flatMap(text =>
            wrapWords(text, width - 4).map((line, index): Line => [{text: `${index === 0 ? '  · ' : '    '}${line}`}]),
          ),
        ];
  const loading: readonly Line[] =
    act === 'tearDown' && problem === '' && summaries.size < sessions.length
      ? [[], [{text: 'Looking at what would go…', tone: 'quiet'}]]
      : [];
  const detail: readonly Line[] = [
    ...names.map((text): Line => [{text}]),
    ...(act === 'tearDown'
      ? [
          ...part('not applied', gathered(confirm, 'work'), 'waiting'),
          ...part('kept first', gathered(confirm, 'saves')),
          ...part('goes', gathered(confirm, 'removes')),
          ...part('stays', gathered(confirm, 'keeps')),
        ]
      : []),
    ...loading,
    ...(problem === '' ? [] : [[], [{text: shorten(problem, width), tone: 'bad' as const}]]),
  ];
  const choice = (text: string, chosen: boolean): Line => [
    {text: chosen ? `› ${text} ` : `  ${text} `, inverse: chosen, bold: chosen},
    {text: '  '},
  ];
  const foot: readonly Line[] = [[], [...choice('No', !yes), ...choice(`Yes, ${verbOf(confirm).toLowerCase()}`, yes)]];
  const room = Math.max(0, height - foot.length);
  const body = [title, ...detail];
  if (body.length <= room) return [...body, ...foot];
  return [...body.slice(0, Math.max(0, room - 1)), [{text: '  …', tone: 'quiet'}], ...foot];
}
