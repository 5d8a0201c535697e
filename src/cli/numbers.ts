import {AppError} from '../errors.ts';
import {parseDuration} from '../lib/duration.ts';
import {cleanLine} from './clean.ts';

/** A parser for an option that counts. Throws USAGE naming option and value. */
export const wholeNumber =
  (option: string) =>
  (text: string): number => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(value)) {
      throw new AppError('USAGE', `${option} needs a whole number, not "${cleanLine(text).slice(0, 40)}"`);
    }
    return value;
  };

/** A parser for a span of time, in milliseconds: 90s, 5m, 2h, 1d; a bare number is seconds. Throws USAGE. */
export const duration =
  (option: string) =>
  (text: string): number => {
    try {
      return parseDuration(text);
    } catch {
      throw new AppError('USAGE', `${option} needs a time like 90s, 5m or 2h, not "${cleanLine(text).slice(0, 40)}"`);
    }
  };

/** A parser for a moment, in milliseconds since the epoch: a date, or a span of time that ends now. Throws USAGE. */
export const moment =
  (option: string, now: () => number) =>
  (text: string): number => {
    const date = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(date)) return date;
    try {
      return now() - duration(option)(text);
    } catch (cause) {
      const shown = cleanLine(text).slice(0, 40);
      throw new AppError('USAGE', `${option} needs a time like 2h or 2026-11-21T09:00, not "${shown}"`, {cause});
    }
  };
