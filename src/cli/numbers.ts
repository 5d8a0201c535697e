import {AppError} from '../errors.ts';
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
