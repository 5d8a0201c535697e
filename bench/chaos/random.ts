/** Numbers that are the same for the same seed. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** From `least` to below `most`. */
  between(least: number, most: number): number;
  chance(part: number): boolean;
  pick<T>(all: readonly T[]): T | undefined;
  /** Of its own, for one actor: what others draw meanwhile does not change what it gets. */
  fork(): Random;
}

/** Mulberry32: small, and good enough to choose with. */
export function randomFrom(seed: number): Random {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (least, most) => least + next() * (most - least),
    chance: part => next() < part,
    pick: all => all[Math.floor(next() * all.length)],
    fork: () => randomFrom(Math.floor(next() * 2 ** 32)),
  };
}
