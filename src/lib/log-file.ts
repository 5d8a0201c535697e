import path from 'node:path';
import {pino} from 'pino';
import type {Level} from './log.ts';

// Loaded by need, as a file of ours: a bundle keeps the names of a CommonJS package only in a static import.

// Values of variables are credentials more often than not; the names are enough to find a mistake.
const secret = ['env.*', '*.env.*', '*.*.env.*'];

export type LogFile = ReturnType<typeof openLogFile>;

export const openLogFile = (directory: string, level: Level) =>
  pino(
    {level, base: {pid: process.pid}, redact: {paths: secret, censor: '[hidden]'}},
    pino.destination({dest: path.join(directory, 'trails.log'), sync: true, mode: 0o600}),
  );
