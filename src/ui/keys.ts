import type {Key} from 'ink';
import {charactersOf} from './models/text.ts';

/** One key: its name ("j", "enter", "shift-up", "ctrl-a") and the text it writes, "" for none. */
export interface Press {
  readonly key: string;
  readonly text: string;
}

const named: readonly (readonly [flag: keyof Key, name: string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

const controls: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'ctrl-j',
  '\r\n': 'enter',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\b': 'backspace',
};

const single = (character: string): Press => {
  const control = controls[character];
  if (control !== undefined) return {key: control, text: ''};
  if (character === ' ') return {key: 'space', text: ' '};
  const code = character.charCodeAt(0);
  if (code < 0x20) return {key: `ctrl-${String.fromCharCode(code + 0x60)}`, text: ''};
  return {key: character, text: character};
};

/** The keys of one of Ink's events: fast typing arrives as several characters in one. */
export function pressesOf(input: string, key: Key): readonly Press[] {
  if (key.eventType === 'release') return [];
  const name = named.find(([flag]) => key[flag] === true)?.[1];
  if (name !== undefined) {
    const prefix = key.ctrl ? 'ctrl-' : key.shift ? 'shift-' : key.meta && name !== 'esc' ? 'alt-' : '';
    return [{key: prefix + name, text: ''}];
  }
  if (key.ctrl) return [{key: `ctrl-${input}`, text: ''}];
  if (key.meta) return [{key: `alt-${input}`, text: ''}];
  return charactersOf(input).map(single);
}
