import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs';
import {agentsSource} from '../agents/custom/agents-source.ts';
import type {Capture, Explain} from '../cli/context.ts';
import {AppError} from '../errors.ts';
import type {Size} from '../sessions/port.ts';
import type {World} from './world.ts';

/** A day of an agent's output is less. */
const mostBytes = 64 * 1024 * 1024;
/** A screen is not. */
const mostScreenBytes = 4 * 1024 * 1024;
/** What agents are recorded in when nobody says otherwise. */
const usualSize: Size = {columns: 110, rows: 34};

const unusable = (file: string, why: string, cause?: unknown) =>
  new AppError('CAPTURE_UNUSABLE', `${file}: ${why}`, {cause});

/** Throws CAPTURE_UNUSABLE. */
function bytesOf(file: string, most: number): Buffer {
  let fd: number;
  try {
    // A pipe would be waited for without end.
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw unusable(file, missing ? 'there is no such file' : (cause as Error).message, cause);
  }
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) throw unusable(file, 'it is no regular file');
    if (found.size > most) throw unusable(file, `it has more than ${most / 2 ** 20} MB`);
    const bytes = Buffer.alloc(found.size);
    let filled = 0;
    for (let read = -1; read !== 0 && filled < bytes.length; filled += read)
      read = readSync(fd, bytes, filled, bytes.length - filled, filled);
    return bytes.subarray(0, filled);
  } finally {
    closeSync(fd);
  }
}

const withoutSgr = /\x1b\[[0-9;:]*m/g;

/** As many rows as the file has, as wide as the widest of them. */
async function sizeOf(text: string): Promise<Size> {
  const {default: width} = await import('fast-string-width');
  const rows = text.replace(/\r?\n$/, '').split('\n');
  const widest = rows.reduce((most, row) => Math.max(most, width(row.replace(withoutSgr, ''))), 1);
  return {rows: rows.length, columns: widest};
}

const given = ({columns, rows}: Capture, usual: Size): Size => ({
  columns: columns ?? usual.columns,
  rows: rows ?? usual.rows,
});

/** Tells what an agent's status rules make of what was captured of it; needs no daemon and no engine. */
export function explainOf({config}: World): Explain {
  const agents = agentsSource(config.path);
  const rulesOf = async (name: string) => (await agents()).named(name).status;
  return {
    async screen(agent, capture) {
      const [rules, {explainScreen}] = await Promise.all([rulesOf(agent), import('../sessions/explain/explain.ts')]);
      const text = bytesOf(capture.file, mostScreenBytes).toString('utf8');
      return explainScreen(rules, {text, title: capture.title ?? '', size: given(capture, await sizeOf(text))});
    },
    async recording(agent, capture) {
      const [rules, {explainRecording}] = await Promise.all([rulesOf(agent), import('../sessions/explain/explain.ts')]);
      return explainRecording(rules, {bytes: bytesOf(capture.file, mostBytes), size: given(capture, usualSize)});
    },
  };
}
