/** The same numbers each time, so that a tree that fails can be made again. */
export function seeded(seed: number) {
  let state = seed;
  const below = (limit: number): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  return {
    below,
    pick: <T>(from: readonly T[]): T => from[below(from.length)]!,
    oneIn: (times: number): boolean => below(times) === 0,
  };
}
