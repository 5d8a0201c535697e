/** Bytes in pieces that stop at each cut; `position` counts what came before them. */
export function splitAt(bytes: Uint8Array, position: number, cuts: readonly number[]): Uint8Array[] {
  const inside = cuts.map(cut => cut - position).filter(cut => cut > 0 && cut < bytes.length);
  const edges = [0, ...inside, bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}
