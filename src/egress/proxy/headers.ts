type Pair = readonly [name: string, value: string];

export function pairsOf(raw: readonly string[]): readonly Pair[] {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as const] : []));
}

/** Two of these are two readings of one message: one for us, another for whoever gets it. */
const atMostOnce = ['host', 'content-length', 'transfer-encoding', 'authorization'];

/** What makes a request ambiguous beyond what the parser refuses by itself, in words; undefined when nothing does. */
export function headerProblem(raw: readonly string[]): string | undefined {
  const count = new Map<string, number>();
  for (const [name] of pairsOf(raw)) count.set(name.toLowerCase(), (count.get(name.toLowerCase()) ?? 0) + 1);
  const twice = atMostOnce.find(name => (count.get(name) ?? 0) > 1);
  if (twice) return `there is more than one ${twice} header`;
  if (count.has('content-length') && count.has('transfer-encoding')) return 'its length is given in two ways';
  const encoding = pairsOf(raw).find(([name]) => name.toLowerCase() === 'transfer-encoding')?.[1];
  if (encoding !== undefined && encoding.toLowerCase() !== 'chunked') return 'its transfer encoding is not chunked';
  return undefined;
}

/** They are about one connection, ours on either side. */
const ofOneConnection = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'upgrade', 'http2-settings', 'expect', 'transfer-encoding'],
]);

/** Headers as they may go on to the other side, flat as Node takes them; those that `without` names stay. */
export function forwarded(raw: readonly string[], without: readonly string[] = []): string[] {
  const pairs = pairsOf(raw);
  const named = pairs
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) =>
      value
        .toLowerCase()
        .split(',')
        .map(one => one.trim()),
    );
  const stay = new Set([...ofOneConnection, ...without, ...named.filter(name => name !== 'content-length')]);
  return pairs.filter(([name]) => !stay.has(name.toLowerCase())).flat();
}
