import type {Focus, Place} from '../focus.ts';
import {type Binding, bindingsOf} from './binding.ts';
import * as why from './why-not.ts';
import * as network from './why-not-network.ts';

const stopLabel = ({targets}: Focus) =>
  why.stoppable(targets).length === 0 && why.startable(targets).length > 0 ? 'start' : 'stop';
const sleepLabel = ({targets}: Focus) =>
  why.wakeful(targets).length === 0 && why.sleepers(targets).length > 0 ? 'wake' : 'sleep';
const goneLabel = ({targets}: Focus) =>
  targets.length > 0 && targets.every(({phase}) => phase === 'lost') ? 'forget' : 'tear down';
const tabLabel = ({narrow, paneOpen}: Focus) => (narrow && !paneOpen ? 'open' : 'next tab');
const newLabel = ({creating}: Focus) => (creating ? 'progress' : 'new');

const one = {whyNot: why.noneSelected};
const leaveNow = ['ctrl-c', 'leaveNow', 'leave', 'leave at once; sessions go on'] as const;

/** Every key there is. Dispatch, footer, help and the README's table come from here. */
export const keymap: readonly Binding[] = [
  ...bindingsOf('dashboard', [
    ['n', 'create', newLabel, 'start a new session', {footer: 1}],
    ['enter', 'attach', 'attach', 'attach; ctrl-q comes back', {footer: 2, whyNot: why.notRunning}],
    ['s', 'shell', 'shell', 'a shell inside: beside the agent, or in its place', {footer: 8, whyNot: why.noShell}],
    ['x', 'stopOrStart', stopLabel, 'stop it, or start it again', {footer: 6, whyNot: why.neitherStopsNorStarts}],
    ['r', 'restart', 'restart', 'restart the agent', {footer: 16, whyNot: why.neitherStopsNorStarts}],
    ['R', 'resume', 'resume', 'restart it with its last conversation', {footer: 18, whyNot: why.nothingToResume}],
    [
      'z',
      'sleepOrWake',
      sleepLabel,
      'put it to sleep, frozen as it is, or wake it',
      {footer: 20, whyNot: why.neitherSleepsNorWakes},
    ],
    ['d', 'tearDown', goneLabel, 'tear down: says what goes, then asks', {footer: 11, whyNot: why.notToTearDown}],
    ['tab right', 'nextTab', tabLabel, 'open the pane; next tab', {...one, footer: 5}],
    ['shift-tab left', 'previousTab', 'previous tab', 'previous tab', one],
    ['a', 'apply', 'apply', 'apply: says what will change, then asks', {footer: 7, whyNot: why.notToApply}],
    ['c', 'diff', 'changes', 'what it changed, as a diff; again: the screen', {...one, footer: 10}],
    ['l', 'logs', 'logs', 'the logs; again: the screen', {...one, footer: 13}],
    ['N', 'network', 'network', 'what it may reach and tried to; again: the screen', {...one, footer: 19}],
    ['i', 'info', 'info', 'everything known; again: the screen', {...one, footer: 15}],
    ['m', 'prompt', 'prompt', 'write a prompt to it, or to all marked', {footer: 9, whyNot: why.notToPrompt}],
    [
      'w',
      'nextWaiting',
      'next waiting',
      'the next that waits for you; behind those, what is new',
      {footer: 12, whyNot: why.noneCalls},
    ],
    ['/', 'filter', 'filter', 'filter the list as you type', {footer: 14}],
    ['j down', 'down', 'down', 'next session', one],
    ['k up', 'up', 'up', 'previous session', one],
    ['g home', 'first', 'first', 'first session', one],
    ['G end', 'last', 'last', 'last session', one],
    ['1 2 3 4 5 6 7 8 9', 'jump', 'jump', 'the session of that number', {...one, shown: '1–9'}],
    ['space', 'mark', 'mark', 'mark it: x r R z d m then act on all marked', {...one, footer: 17}],
    ['shift-up', 'scrollUp', 'scroll up', 'scroll the pane up', one],
    ['shift-down', 'scrollDown', 'scroll down', 'scroll the pane down', one],
    ['pageup ctrl-u', 'pageUp', 'page up', 'scroll the pane a page up', one],
    ['pagedown ctrl-d', 'pageDown', 'page down', 'scroll the pane a page down', one],
    ['esc', 'back', 'back', 'back: from the pane, scrolling, filter, marks, notices'],
    ['?', 'help', 'help', 'show these keys', {footer: 3}],
    ['q', 'leave', 'leave', 'leave; sessions go on', {footer: 4, whyNot: why.creationUnderWay}],
    leaveNow,
  ]),
  ...bindingsOf('diff', [
    ['n', 'nextHunk', 'next hunk', 'next hunk, and on into the next file', {footer: 1, whyNot: why.noHunkBelow}],
    ['p', 'previousHunk', 'previous hunk', 'previous hunk', {footer: 10, whyNot: why.noHunkAbove}],
    [']', 'nextFile', 'next file', 'next file', {footer: 2, whyNot: why.noFileBelow}],
    ['[', 'previousFile', 'previous file', 'previous file', {footer: 11, whyNot: why.noFileAbove}],
    ['a', 'apply', 'apply', 'apply: says what will change, then asks', {footer: 3, whyNot: why.notToApply}],
  ]),
  ...bindingsOf('network', [
    ['y', 'allowSession', 'allow', 'allow it for this session', {footer: 1, whyNot: network.allowedAlready}],
    ['o', 'allowOnce', 'once', 'let the next connection to it through', {footer: 2, whyNot: network.notOnce}],
    [
      'Y',
      'allowRepo',
      'allow for repo',
      'allow it for all of its repository',
      {footer: 3, whyNot: network.allowedInRepo},
    ],
    ['b', 'blockHost', 'block', 'block it, whatever else is said', {footer: 4, whyNot: network.blockedAlready}],
    ['u', 'forgetHost', 'undo', 'take back what you said about it', {footer: 6, whyNot: network.nothingSaid}],
    ['j down', 'networkDown', 'down', 'next host', {footer: 10}],
    ['k up', 'networkUp', 'up', 'previous host', {footer: 11}],
  ]),
  ...bindingsOf('filter', [
    ['enter', 'filterKeep', 'keep', 'keep the filter', {footer: 1}],
    ['esc', 'filterClear', 'clear', 'clear the filter', {footer: 2}],
    ['down tab', 'down', 'down', 'next session', {footer: 3}],
    ['up shift-tab', 'up', 'up', 'previous session', {footer: 4}],
    leaveNow,
  ]),
  ...bindingsOf('form', [
    ['enter', 'formSubmit', 'create', 'create the session', {footer: 1}],
    ['esc', 'formCancel', 'cancel', 'close the form', {footer: 2}],
    ['tab down', 'formNext', 'next field', 'next field', {footer: 3}],
    ['shift-tab up', 'formPrevious', 'previous field', 'previous field', {footer: 4}],
    leaveNow,
  ]),
  ...bindingsOf('prompt', [
    ['enter', 'promptSend', 'send', 'send it; typed when the agent can take it', {footer: 1}],
    ['ctrl-j alt-enter', 'promptNewline', 'new line', 'a new line; alt-enter, too', {footer: 2, shown: 'ctrl-j'}],
    ['esc', 'promptCancel', 'close', 'close; what is written is kept', {footer: 3}],
    leaveNow,
  ]),
  ...bindingsOf('creating', [
    ['esc', 'creationCancel', 'cancel', 'cancel the creation; nothing is left over', {footer: 1}],
    ['enter tab', 'creationHide', 'back to the list', 'back to the list; the creation goes on', {footer: 2}],
    leaveNow,
  ]),
  ...bindingsOf('confirm', [
    ['y', 'confirmYes', 'yes', 'do it', {footer: 1}],
    ['n esc q', 'confirmNo', 'no', 'leave everything as it is', {footer: 2}],
    ['tab shift-tab left right', 'confirmToggle', 'choose', 'choose between No and Yes', {footer: 3, shown: '←→'}],
    ['enter', 'confirmEnter', 'do the chosen', 'do the chosen one; No is chosen first', {footer: 4}],
    leaveNow,
  ]),
  ...bindingsOf('apply', [
    ['y', 'applyYes', 'apply', 'apply what is shown', {footer: 1, whyNot: why.notToCarryOut}],
    ['n esc q', 'applyNo', 'no', 'leave everything as it is', {footer: 2}],
    [
      't',
      'applyTheirs',
      "take the agent's",
      "take the agent's where both changed a file",
      {footer: 3, whyNot: why.noConflicts},
    ],
    ['j down', 'applyDown', 'down', 'further down', {footer: 4}],
    ['k up', 'applyUp', 'up', 'further up', {footer: 5}],
    ['pagedown space', 'applyPageDown', 'page down', 'a page further down'],
    ['pageup', 'applyPageUp', 'page up', 'a page further up'],
    leaveNow,
  ]),
  ...bindingsOf('help', [
    ['esc ? q enter', 'helpClose', 'close', 'close the help', {footer: 1, shown: 'esc ?'}],
    ['j down pagedown', 'helpDown', 'down', 'further down', {footer: 2, shown: 'j ↓'}],
    ['k up pageup', 'helpUp', 'up', 'further up', {footer: 3, shown: 'k ↑'}],
    leaveNow,
  ]),
];

/** A place within another one: what it does not bind means what it means there. */
const around: Partial<Record<Place, Place>> = {diff: 'dashboard', network: 'dashboard'};

/** What holds in a place: its own, then what is left of the place around it. */
export const bindingsIn = (place: Place): readonly Binding[] => {
  const own = keymap.filter(({where}) => where === place);
  const outer = around[place];
  if (outer === undefined) return own;
  const taken = new Set(own.flatMap(({keys}) => keys));
  return [...own, ...bindingsIn(outer).filter(({keys}) => !keys.every(key => taken.has(key)))];
};

const boundTo = (key: string, place: Place): Binding | undefined =>
  bindingsIn(place).find(({keys}) => keys.includes(key));

/** Where a line feed means nothing of its own it is Enter: some terminals and scripts send it for that. */
export const bindingFor = (key: string, place: Place): Binding | undefined =>
  boundTo(key, place) ?? (key === 'ctrl-j' ? boundTo('enter', place) : undefined);

export const labelOf = (binding: Binding, focus: Focus): string =>
  typeof binding.label === 'string' ? binding.label : binding.label(focus);

/** What each place is called in help and README. */
export const placeTitles: Record<Place, string> = {
  dashboard: 'Dashboard',
  diff: 'Diff tab',
  network: 'Network tab',
  filter: 'Filter',
  form: 'New session',
  prompt: 'While a prompt is written',
  creating: 'While a session is created',
  confirm: 'Before something goes',
  apply: 'Before changes are applied',
  help: 'Help',
};

/** The keys as a Markdown table, for the README. */
export function keysTable(): string {
  const code = (shown: string) =>
    shown
      .split(' ')
      .map(key => `\`${key}\``)
      .join(' ');
  const rows = keymap.map(
    ({shown, description, where}) => `| ${code(shown)} | ${description} | ${placeTitles[where]} |`,
  );
  return ['| Key | What it does | Where |', '|---|---|---|', ...rows, ''].join('\n');
}
