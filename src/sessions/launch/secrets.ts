import type {Log} from '../../lib/log.ts';

export type Values = Readonly<Record<string, string>>;

/** The values of the variables that sessions were given. They are here and nowhere else, and gone with this process. */
export interface Secrets {
  of(id: string): Values;
  /** Further ones; what was there under another name stays. */
  give(id: string, values: Values): void;
  forget(id: string): void;
  /** The text with every value that is known in it replaced. */
  redact(text: string): string;
}

/** A shorter one is a word that may stand anywhere. */
const shortest = 6;

export function createSecrets(): Secrets {
  const bySession = new Map<string, Values>();
  /** The longest first: one may be the beginning of another. */
  let hidden: readonly string[] = [];
  const change = () => {
    const all = new Set([...bySession.values()].flatMap(values => Object.values(values)));
    hidden = [...all].filter(value => value.length >= shortest).sort((a, b) => b.length - a.length);
  };
  return {
    of: id => bySession.get(id) ?? {},
    give(id, values) {
      bySession.set(id, {...bySession.get(id), ...values});
      change();
    },
    forget(id) {
      bySession.delete(id);
      change();
    },
    redact: text => hidden.reduce((left, value) => (left.includes(value) ? left.replaceAll(value, '***') : left), text),
  };
}

/** A log that no value of a session gets into. */
export function redactingLog(log: Pick<Log, 'warn'>, {redact}: Secrets): Pick<Log, 'warn'> {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(value);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, clean(one)]));
  };
  return {warn: (message, fields = {}) => log.warn(redact(message), clean(fields) as typeof fields)};
}
