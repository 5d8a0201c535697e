import type {Terminal} from '@xterm/headless';
import {cleanText} from './clean-text.ts';

/** A status record of the Program Status Protocol is short; a longer one is no record. */
const longestRecord = 4096;

export type TerminalSignal =
  | {readonly type: 'bell'}
  | {readonly type: 'title'; readonly title: string}
  /** The agent put the terminal into its initial state (RIS). */
  | {readonly type: 'reset'}
  | {readonly type: 'notification'; readonly text: string}
  /** The payload behind `7501;`, as the agent wrote it. */
  | {readonly type: 'osc7501'; readonly payload: string};

/** Who has to answer: what `terminal` asks goes to the viewer's own terminal while one is attached, `status` to nobody but us. */
export type Question = 'terminal' | 'status';

/** Tells what an agent says beside its screen. */
export function hearSignals(
  terminal: Terminal,
  signal: (signal: TerminalSignal) => void,
  answer: (text: string, question: Question) => void,
): void {
  terminal.onTitleChange(text => signal({type: 'title', title: cleanText(text)}));
  terminal.onBell(() => signal({type: 'bell'}));
  terminal.onData(text => answer(text, 'terminal'));
  terminal.parser.registerEscHandler({final: 'c'}, () => {
    signal({type: 'reset'});
    return false;
  });
  terminal.parser.registerOscHandler(9, data => {
    // 9;4 is progress, and other numbers are ConEmu's commands.
    if (!/^\d{1,2}(;|$)/.test(data)) signal({type: 'notification', text: cleanText(data)});
    return true;
  });
  terminal.parser.registerOscHandler(777, data => {
    const [, text] = /^notify;([\s\S]*)$/.exec(data.slice(0, longestRecord)) ?? [];
    if (text !== undefined) signal({type: 'notification', text: cleanText(text.replace(';', ': '))});
    return true;
  });
  terminal.parser.registerOscHandler(7501, data => {
    if (data.startsWith('?')) answer(`\x1b]7501;${cleanText(data, 64)}\x1b\\`, 'status');
    else if (data.length <= longestRecord) signal({type: 'osc7501', payload: data});
    return true;
  });
}
