/** A field that the daemon always sets. */
export function set<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`The daemon answered without ${what}`);
  return value;
}
