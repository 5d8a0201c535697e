import type {Focus, Place} from '../focus.ts';

export type Intent =
  | 'attach'
  | 'shell'
  | 'create'
  | 'stopOrStart'
  | 'restart'
  | 'resume'
  | 'tearDown'
  | 'sleepOrWake'
  | 'logs'
  | 'diff'
  | 'info'
  | 'network'
  | 'networkDown'
  | 'networkUp'
  | 'allowOnce'
  | 'allowSession'
  | 'allowRepo'
  | 'blockHost'
  | 'forgetHost'
  | 'apply'
  | 'nextFile'
  | 'previousFile'
  | 'nextHunk'
  | 'previousHunk'
  | 'nextTab'
  | 'previousTab'
  | 'filter'
  | 'nextWaiting'
  | 'jump'
  | 'down'
  | 'up'
  | 'first'
  | 'last'
  | 'mark'
  | 'prompt'
  | 'promptSend'
  | 'promptNewline'
  | 'promptCancel'
  | 'scrollUp'
  | 'scrollDown'
  | 'pageUp'
  | 'pageDown'
  | 'back'
  | 'help'
  | 'leave'
  | 'leaveNow'
  | 'filterKeep'
  | 'filterClear'
  | 'formNext'
  | 'formPrevious'
  | 'formSubmit'
  | 'formCancel'
  | 'creationCancel'
  | 'creationHide'
  | 'confirmYes'
  | 'confirmNo'
  | 'confirmToggle'
  | 'confirmEnter'
  | 'applyYes'
  | 'applyNo'
  | 'applyTheirs'
  | 'applyUp'
  | 'applyDown'
  | 'applyPageUp'
  | 'applyPageDown'
  | 'helpClose'
  | 'helpUp'
  | 'helpDown';

type Label = string | ((focus: Focus) => string);
type WhyNot = (focus: Focus) => string | undefined;

export interface Binding {
  readonly keys: readonly string[];
  /** As it is written on the screen. */
  readonly shown: string;
  readonly intent: Intent;
  readonly label: Label;
  /** One line for help and README. */
  readonly description: string;
  readonly where: Place;
  /** In the footer, where the smallest number stays longest; undefined: not there. */
  readonly footer: number | undefined;
  /** Why it does nothing now; undefined when it does. */
  readonly whyNot: WhyNot;
}

interface Extra {
  readonly footer?: number;
  readonly shown?: string;
  readonly whyNot?: WhyNot;
}

const shownKeys: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  'shift-up': 'shift-↑',
  'shift-down': 'shift-↓',
  pageup: 'pgup',
  pagedown: 'pgdn',
};

/** The bindings of one place; keys that mean the same are written with a space between. */
export const bindingsOf = (
  where: Place,
  rows: readonly (readonly [keys: string, intent: Intent, label: Label, description: string, extra?: Extra])[],
): readonly Binding[] =>
  rows.map(([names, intent, label, description, extra]) => {
    const keys = names.split(' ');
    return {
      keys,
      shown: extra?.shown ?? keys.map(key => shownKeys[key] ?? key).join(' '),
      intent,
      label,
      description,
      where,
      footer: extra?.footer,
      whyNot: extra?.whyNot ?? (() => undefined),
    };
  });
