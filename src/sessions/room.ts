import {accessSync, constants, statfsSync} from 'node:fs';
import {AppError} from '../errors.ts';

/** What is left belongs to those who run: their screens and logs, and the rows that tell what becomes of them. */
const leastBytes = 2 ** 20;

/** Refuses new work where there is no room to write down what becomes of it. Throws STATE_UNUSABLE. */
export function checkRoom(directory: string): void {
  try {
    accessSync(directory, constants.W_OK);
  } catch (cause) {
    throw new AppError('STATE_UNUSABLE', `Nothing can be written to ${directory}: ${(cause as Error).message}`, {
      cause,
    });
  }
  const {bavail, bsize} = statfsSync(directory);
  if (bavail * bsize >= leastBytes) return;
  throw new AppError('STATE_UNUSABLE', `The disk is full where ${directory} is`, {
    hint: 'Free some space there; sessions that run go on.',
  });
}
