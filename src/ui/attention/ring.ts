import {clean, shorten} from '../models/text.ts';

/** How a person is called, by the setting `notify`. */
export type Notify = 'off' | 'bell' | 'osc' | 'desktop';

/** Shows a notification on the desktop; false where there is none. */
export type DesktopNotice = (title: string, text: string) => Promise<boolean>;

type Environment = Readonly<Record<string, string | undefined>>;

const title = 'Trails';
const longest = 100;
const bell = '\x07';

/** Terminals that take OSC 777. Many take OSC 9 as well and would show both, so one of them it is; the others get OSC 9. */
const takes777: readonly ((env: Environment) => boolean)[] = [
  ({TERM = ''}) => /^(rxvt|foot)/.test(TERM),
  ({VTE_VERSION = ''}) => VTE_VERSION !== '',
];

/** A notification of the terminal's own; through tmux, where the user lets it pass. */
export function oscNotice(text: string, env: Environment): string {
  const plain = clean(text).replaceAll(';', ',');
  const sequence = takes777.some(one => one(env))
    ? `\x1b]777;notify;${title};${plain}\x1b\\`
    : `\x1b]9;${title}: ${plain}\x1b\\`;
  return env.TMUX ? `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\` : sequence;
}

/** Calls a person who may look elsewhere. `write`: to the terminal, beside whatever is drawn there. */
export function createRing(options: {
  readonly notify: Notify;
  readonly env: Environment;
  readonly write: (text: string) => void;
  readonly desktop: DesktopNotice;
}): (text: string) => void {
  const {notify, env, write, desktop} = options;
  const ways: Readonly<Record<Notify, (text: string) => void>> = {
    off: () => {},
    bell: () => write(bell),
    osc: text => write(oscNotice(text, env)),
    // Over ssh there is no desktop to show it.
    desktop: text => void desktop(title, text).then(shown => shown || write(bell)),
  };
  return text => ways[notify](shorten(clean(text), longest));
}
