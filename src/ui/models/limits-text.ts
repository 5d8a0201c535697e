import type {Limits} from '../../sessions/port.ts';

const factors: Readonly<Record<string, number>> = {'': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40};

const memory = (text: string): number | undefined => {
  const found = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(text);
  const factor = found ? factors[(found[2] ?? '').toLowerCase()] : undefined;
  return found && factor !== undefined ? Math.round(Number(found[1]) * factor) : undefined;
};
const decimal = (text: string): number | undefined => (/^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined);
const whole = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined);

export type LimitField = 'memory' | 'cpus' | 'pids';

const readers: Record<
  LimitField,
  {readonly key: keyof Limits; readonly read: (text: string) => number | undefined; readonly like: string}
> = {
  memory: {key: 'memoryBytes', read: memory, like: '2g or 512m'},
  cpus: {key: 'cpus', read: decimal, like: '2 or 0.5'},
  pids: {key: 'pids', read: whole, like: '512'},
};

/** The limits that are written; empty fields leave the configured ones. */
export function limitsOf(texts: Readonly<Record<LimitField, string>>): {
  readonly limits: Partial<Limits>;
  readonly problems: Partial<Record<LimitField, string>>;
} {
  const limits: {-readonly [key in keyof Limits]?: number} = {};
  const problems: Partial<Record<LimitField, string>> = {};
  for (const field of ['memory', 'cpus', 'pids'] as const) {
    const text = texts[field].trim();
    if (text === '') continue;
    const {key, read, like} = readers[field];
    const value = read(text);
    if (value === undefined) problems[field] = `Write it like ${like}`;
    else limits[key] = value;
  }
  return {limits, problems};
}
