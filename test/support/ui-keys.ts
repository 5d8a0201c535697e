import type {Press} from '../../src/ui/keys.ts';

/** Keys as written: one name each ("enter"), or text in quotes of its own ("'jj'") key by key. */
export const keys = (...names: readonly string[]): Press[] =>
  names.flatMap(name =>
    name.startsWith("'")
      ? [...name.slice(1, -1)].map(text => ({key: text === ' ' ? 'space' : text, text}))
      : [{key: name, text: name === 'space' ? ' ' : name.length === 1 ? name : ''}],
  );
