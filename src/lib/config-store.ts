import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import Conf from 'conf';
import {parse, parseDocument} from 'yaml';
import {unusable} from './config-text.ts';
import {sectionRange} from './reading/yaml-places.ts';
import {sectionsOfOthers} from './settings.ts';
import {isTree, leaves, type Tree, without} from './tree.ts';

// Loaded by need, as a file of ours: a bundle keeps the names of a CommonJS package only in a static import.

/** The text with a section as it is written in the older one: printing it anew would break its lines elsewhere. */
function withSectionOf(older: string, text: string, key: string): string {
  const [was, is] = [sectionRange(older, key), sectionRange(text, key)];
  if (!was || !is) return text;
  const kept = `${text.slice(0, is.from)}${older.slice(was.from, was.to)}${text.slice(is.to)}`;
  const made = parseDocument(kept);
  return made.errors.length === 0 && isDeepStrictEqual(made.toJS(), parse(text)) ? kept : text;
}

/** The text with these values in it: what a person wrote around them stays. */
export function merged(older: string, tree: Tree): string {
  const text = older === '' || older.endsWith('\n') ? older : `${older}\n`;
  const document = parseDocument(text);
  for (const [key, value] of leaves(without(tree, sectionsOfOthers))) document.setIn(key.split('.'), value);
  return sectionsOfOthers.reduce((made, key) => withSectionOf(text, made, key), String(document));
}

export interface ConfigStore {
  readonly tree: Tree;
  /** What would be written. */
  text(tree: Tree): string;
  write(tree: Tree): void;
}

/** Throws SyntaxError for a text that holds no settings. */
function settingsIn(text: string): Tree {
  const tree: unknown = parse(text) ?? {};
  if (!isTree(tree)) throw new SyntaxError('it does not hold settings');
  return tree;
}

/** What the file holds, unchecked. Throws CONFIG_INVALID for a file that is no YAML. */
export function openConfigStore(file: string): ConfigStore {
  const text = (tree: Tree) => merged(existsSync(file) ? readFileSync(file, 'utf8') : '', tree);
  try {
    const store = new Conf<Tree>({
      cwd: path.dirname(file),
      configName: path.basename(file, '.yaml'),
      fileExtension: 'yaml',
      configFileMode: 0o600,
      deserialize: settingsIn,
      serialize: text,
    });
    return {
      tree: store.store,
      text,
      write(tree) {
        store.store = tree;
      },
    };
  } catch (cause) {
    throw unusable(file, cause);
  }
}
