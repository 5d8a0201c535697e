import {ok, warning} from '../../lib/checkup/check.ts';
import type {DoctorView, MachineCheck} from '../view.ts';

const least = {columns: 80, rows: 24};

/** "C-q" of tmux as we write it: "ctrl-q". */
const keyOf = (name: string): string => name.trim().replace(/^C-/, 'ctrl-');

async function tmuxOption({machine}: DoctorView, name: string, signal: AbortSignal): Promise<string | undefined> {
  const {exitCode, stdout} = await machine.run(['tmux', 'show-options', '-gv', name], signal);
  return exitCode === 0 ? stdout.trim() : undefined;
}

/** What is drawn for a person: nothing of it is a question where no terminal is. */
const table: readonly MachineCheck[] = [
  {
    id: 'terminal.type',
    title: 'Kind of terminal',
    why: 'programs draw by what TERM says that it can',
    fix: 'export TERM=xterm-256color, in the settings of your terminal',
    look({machine: {env}}) {
      const {TERM = '', COLORTERM = ''} = env;
      if (TERM === '' || TERM === 'dumb' || TERM === 'unknown')
        return warning(`TERM is ${TERM === '' ? 'not set' : `"${TERM}"`}: nothing can be drawn`);
      const colours = /truecolor|24bit/.test(COLORTERM)
        ? 'all colours'
        : /256|kitty|alacritty|ghostty|wezterm|direct/.test(TERM)
          ? '256 colours'
          : '16 colours';
      return ok(`${TERM}, ${env.NO_COLOR ? 'no colours, by NO_COLOR' : colours}`);
    },
  },
  {
    id: 'terminal.utf8',
    title: 'UTF-8',
    why: 'agents draw with lines, boxes and signs that only it has',
    fix: 'export LANG=C.UTF-8',
    look({machine: {env, platform}}) {
      const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
      if (/utf-?8/i.test(locale) || (platform === 'darwin' && locale === '')) return ok(locale || 'usual on macOS');
      return warning(`the locale is ${locale === '' ? 'not set' : `"${locale}"`}: agents draw question marks`);
    },
  },
  {
    id: 'terminal.size',
    title: 'Size of the terminal',
    why: 'the dashboard is made for 80×24 and more',
    fix: 'Make the window larger, or its letters smaller.',
    look({terminal: {columns, rows}}) {
      // One that does not know its size says 0.
      if (columns === 0 || rows === 0) return undefined;
      const detail = `${columns}×${rows}`;
      return columns < least.columns || rows < least.rows ? warning(`${detail}: less than 80×24`) : ok(detail);
    },
  },
  {
    id: 'terminal.width',
    title: 'Width of signs',
    why: 'where “…” and “●” take two cells, as they may in the East, lines are cut and shifted',
    fix: 'Set “ambiguous width characters” to narrow in the settings of your terminal.',
    async look({terminal}) {
      const width = await terminal.ambiguousWidth();
      if (width === undefined) return undefined;
      return width === 1 ? ok('one cell each') : warning(`${width} cells for a sign that is drawn as one`);
    },
  },
  {
    id: 'terminal.tmux',
    title: 'tmux',
    why: 'it stands between you and the agent, and takes keys and messages for itself',
    fix: 'Choose another key: trails config set keys.detach ctrl-]',
    async look(view, signal) {
      if (!view.machine.env.TMUX) return undefined;
      const prefixes = await Promise.all(['prefix', 'prefix2'].map(name => tmuxOption(view, name, signal)));
      const taken = prefixes.filter(name => name !== undefined).map(keyOf);
      if (taken.includes(view.detachKey))
        return warning(`it takes ${view.detachKey} for itself: an attached agent cannot be left by it`);
      const passes = await tmuxOption(view, 'allow-passthrough', signal);
      if (view.notify === 'osc' && passes === 'off')
        return warning('it swallows notifications (notify: osc)', 'tmux set -g allow-passthrough on');
      return ok(`takes ${taken.filter(name => name !== 'None').join(', ') || 'no key'} for itself`);
    },
  },
];

export const terminalChecks: readonly MachineCheck[] = table.map(check => ({
  ...check,
  look: (view, signal) => (view.terminal.isTTY ? check.look(view, signal) : undefined),
}));
