import {nameText, type RawName} from './beneath.ts';

/** A path for a message: what would move the cursor, turn the text or hide is written as its number. */
export const shownPath = (path: RawName): string =>
  nameText(path).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, found => `\\u{${found.codePointAt(0)!.toString(16)}}`);

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'the system does not allow it',
  ENOSPC: 'no space is left',
  EDQUOT: 'your quota is used up',
  EFBIG: 'it is too big',
  EROFS: 'the file system is read-only',
  EXDEV: 'it is on another file system than the directory',
  ENAMETOOLONG: 'its name is too long for the file system',
  EEXIST: 'something was made there meanwhile',
  ENOENT: 'it went away meanwhile',
  ENOTDIR: 'a file or link stands where a directory of its path should be',
  ELOOP: 'a file or link stands where a directory of its path should be',
  EIO: 'the disk does not answer',
};

export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** Whether the system said no, which is no bug of ours. */
export const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;

/** Why a call to the system failed, in words. */
export const reasonOf = (error: unknown): string => reasons[codeOf(error)] ?? (error as Error).message;
