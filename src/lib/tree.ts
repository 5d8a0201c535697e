/** Settings within settings, as a file holds them. */
export type Tree = {[key: string]: unknown};

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is set, by its dotted name. A key with nothing behind it is not set. */
export const leaves = (tree: Tree, prefix = ''): [string, unknown][] =>
  Object.entries(tree)
    .filter(([, value]) => value !== null)
    .flatMap(([key, value]) =>
      isTree(value) ? leaves(value, `${prefix}${key}.`) : [[`${prefix}${key}`, value] as [string, unknown]],
    );

export const without = (tree: Tree, keys: readonly string[]): Tree =>
  Object.fromEntries(Object.entries(tree).filter(([key]) => !keys.includes(key)));
