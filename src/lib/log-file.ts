import {pino} from 'pino';
import type {Level} from './log.ts';
import {openRotatingFile, type Rotation} from './rotating-file.ts';

// Loaded by need, as a file of ours: a bundle keeps the names of a CommonJS package only in a static import.

// Values of variables are credentials more often than not; the names are enough to find a mistake.
const secret = ['env.*', '*.env.*', '*.*.env.*'];

export type LogFile = ReturnType<typeof openLogFile>;

export const openLogFile = (file: string, level: Level, rotation: Rotation | undefined) =>
  pino(
    {level, base: {pid: process.pid}, redact: {paths: secret, censor: '[hidden]'}},
    rotation ? openRotatingFile(file, rotation) : pino.destination({dest: file, sync: true, mode: 0o600}),
  );
