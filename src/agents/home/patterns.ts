/** `*`: any characters but a slash. */
const expression = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')}$`, 's');

/** Whether a name is one of a path with `*` in its last part. */
export const named = (pattern: string): ((name: string) => boolean) => {
  const whole = expression(pattern);
  return name => whole.test(name);
};

/** Tells of a path below a directory whether it stays behind: a pattern without a slash is about a name at any depth, one that begins with a slash about the top. */
export function stayBehind(patterns: readonly string[] = []): (path: string) => boolean {
  const rules = patterns.map(pattern => ({
    whole: expression(pattern.replace(/^\//, '')),
    anywhere: !pattern.includes('/'),
  }));
  return path => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return rules.some(({whole, anywhere}) => whole.test(anywhere ? name : path));
  };
}
