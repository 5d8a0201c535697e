import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import Conf from 'conf';
import {parseDocument} from 'yaml';
import {settingsIn, unusable} from './config-text.ts';
import {leaves, type Tree} from './tree.ts';

// Loaded by need, as a file of ours: a bundle keeps the names of a CommonJS package only in a static import.

/** The text with these values in it: what a person wrote around them stays. */
function merged(text: string, tree: Tree): string {
  const document = parseDocument(text);
  for (const [key, value] of leaves(tree)) document.setIn(key.split('.'), value);
  return String(document);
}

export interface ConfigStore {
  readonly tree: Tree;
  write(tree: Tree): void;
}

/** What the file holds, unchecked. Throws CONFIG_INVALID for a file that is no YAML. */
export function openConfigStore(file: string): ConfigStore {
  try {
    const store = new Conf<Tree>({
      cwd: path.dirname(file),
      configName: path.basename(file, '.yaml'),
      fileExtension: 'yaml',
      configFileMode: 0o600,
      deserialize: settingsIn,
      serialize: tree => merged(existsSync(file) ? readFileSync(file, 'utf8') : '', tree),
    });
    return {
      tree: store.store,
      write(tree) {
        store.store = tree;
      },
    };
  } catch (cause) {
    throw unusable(file, cause);
  }
}
