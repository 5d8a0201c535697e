import {allows} from '../../sessions/lifecycle.ts';
import type {SessionView} from '../../sessions/port.ts';
import type {Focus} from '../focus.ts';
import type {Intent} from '../keymap/binding.ts';
import {keymap, labelOf} from '../keymap/keymap.ts';
import {type Line, quiet} from './line.ts';
import {shorten, widthOf} from './text.ts';

/** What can be done with a session whose agent has ended, in this order. */
const offers: readonly Intent[] = ['restart', 'resume', 'shell'];
const words: Partial<Record<Intent, string>> = {resume: 'resume the conversation'};

/** An empty line, what happened, what can be done. */
const height = 3;
/** Below this the screen itself has hardly any room. */
const leastHeight = 8;

/** How many rows of a screen's place the offer takes. */
export const endedHeight = (session: Pick<SessionView, 'phase'>, place: {readonly height: number}): number =>
  allows(session.phase, 'startAsked') && place.height >= leastHeight ? height : 0;

/** The first that fits. */
const kept = [' Its files and its screen are kept.', ' Nothing is lost.', ''] as const;

const whatHappened = ({phase, exitCode, setup}: SessionView): string => {
  if (phase === 'failed') return setup && setup.done < setup.commands.length ? 'A setup step failed' : 'It failed';
  return exitCode === null ? 'The agent has ended' : `The agent has ended with exit code ${exitCode}`;
};

/** Below the last screen of a session: that nothing is lost, and how it goes on. */
export function endedLines(focus: Focus, width: number): readonly Line[] {
  const {session} = focus;
  if (!session) return [];
  const own: Focus = {...focus, targets: [session]};
  const keys = offers.flatMap((intent): Line => {
    const binding = keymap.find(one => one.intent === intent && one.where === 'dashboard');
    if (!binding || binding.whyNot(own) !== undefined) return [];
    return [
      {text: binding.shown, tone: 'accent', bold: true},
      {text: ` ${words[intent] ?? labelOf(binding, own)}`},
      quiet('  ·  '),
    ];
  });
  const said = `${whatHappened(session)}.`;
  const comfort = kept.find(text => widthOf(said) + widthOf(text) <= width) ?? '';
  return [
    [quiet('─'.repeat(width))],
    [{text: shorten(said, width)}, ...(comfort === '' ? [] : [quiet(comfort)])],
    keys.slice(0, -1),
  ];
}
