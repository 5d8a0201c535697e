import {readFileSync} from 'node:fs';
import {parse} from 'yaml';
import {AppError} from '../errors.ts';
import {isTree, type Tree} from './tree.ts';

/** Throws SyntaxError for a text that holds no settings. */
export function settingsIn(text: string): Tree {
  const tree: unknown = parse(text) ?? {};
  if (!isTree(tree)) throw new SyntaxError('it does not hold settings');
  return tree;
}

/** What an operating system or a parser says of a file, on one line. */
export function unusable(file: string, cause: unknown): AppError {
  const [reason] = (cause as Error).message.split('\n');
  return new AppError('CONFIG_INVALID', `${file}: ${reason}`, {cause});
}

/** What the file holds, unchecked. Throws CONFIG_INVALID for a file that is no YAML. */
export function readSettings(file: string): Tree {
  try {
    return settingsIn(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw unusable(file, cause);
  }
}
