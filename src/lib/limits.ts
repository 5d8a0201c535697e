import {AppError} from '../errors.ts';

const units: Readonly<Record<string, number>> = {'': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40};

const refuse = (what: string, text: string, wanted: string): AppError =>
  new AppError('LIMIT_INVALID', `${what} "${text.replace(/\p{Cc}/gu, '?').slice(0, 40)}" is not ${wanted}`);

/** "2g", "512m", "1.5G", "1073741824" in bytes, units of 1024. Throws LIMIT_INVALID naming the value. */
export function parseMemory(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([bkmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  const bytes = Math.round(Number(amount) * (units[(unit ?? '').toLowerCase()] ?? Number.NaN));
  if (!Number.isSafeInteger(bytes) || bytes <= 0) throw refuse('Memory', text, 'an amount such as 512m or 2g');
  return bytes;
}

/** "2", "1.5": a number of cores. Throws LIMIT_INVALID naming the value. */
export function parseCpus(text: string): number {
  const cpus = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!Number.isFinite(cpus) || cpus <= 0) throw refuse('CPUs', text, 'a number of cores such as 2 or 1.5');
  return cpus;
}

/** "512": how many processes at most. Throws LIMIT_INVALID naming the value. */
export function parsePids(text: string): number {
  const pids = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(pids) || pids <= 0) throw refuse('Pids', text, 'a whole number such as 512');
  return pids;
}
