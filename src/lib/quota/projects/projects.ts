import {randomInt} from 'node:crypto';
import {mkdirSync, realpathSync} from 'node:fs';
import path from 'node:path';
import {run} from '../../exec.ts';
import {mountOf, mountsHere} from '../../mounts.ts';
import type {Way} from '../book.ts';
import {type Project, projectsIn, projectsOf} from './report.ts';

const patienceMs = 60_000;

async function must(file: string, ...args: readonly string[]): Promise<string> {
  const {exitCode, stdout, stderr} = await run(file, args, {env: {LC_ALL: 'C'}, timeoutMs: patienceMs});
  if (exitCode === 0) return stdout;
  throw new Error(`${file}: ${stderr.trim().slice(0, 300) || `exit code ${exitCode}`}`);
}

function mountAt(directory: string): string {
  const mount = mountOf(mountsHere(), realpathSync(directory));
  if (!mount) throw new Error(`nothing is known of the file system of ${directory}`);
  return mount.at;
}

const report = async (mount: string): Promise<ReadonlyMap<number, Project>> =>
  projectsIn(await must('repquota', '-P', '-n', '-O', 'csv', mount));

/** Above those that people and other programs number from 1 on, or by users. */
const [lowest, highest] = [2 ** 30, 2 ** 31];

/**
 * So many in a row that count for nothing yet: one with a limit or with files is in the report, also those of a session whose files are
 * still being removed. Two that are made at the same time draw the same with one chance in a billion.
 */
function drawProjects(count: number, known: ReadonlyMap<number, Project>): readonly number[] {
  for (;;) {
    const first = randomInt(lowest, highest - count);
    const ids = Array.from({length: count}, (_, index) => first + index);
    if (!ids.some(id => known.has(id))) return ids;
  }
}

const limit = (mount: string, id: number, bytes: number) =>
  must('setquota', '-P', String(id), '0', String(Math.floor(bytes / 1024)), '0', '0', mount);

/** The directories are of projects, and so is what is made in them: of one those together, of one each the others. */
export const projects: Way = {
  async set({directory, together, alone}, tell) {
    const mount = mountAt(directory);
    const ids = drawProjects(1 + alone.names.length, await report(mount));
    const [first = 0, ...others] = ids;
    tell({group: String(first), ids: [...together.names.map(() => first), ...others]});
    await limit(mount, first, together.bytes);
    for (const id of others) await limit(mount, id, alone.bytes);
    const make = async (name: string, id: number) => {
      const place = path.join(directory, name);
      mkdirSync(place, {recursive: true, mode: 0o700});
      await must('chattr', '-p', String(id), '+P', place);
    };
    for (const name of together.names) await make(name, first);
    for (const [index, name] of alone.names.entries()) await make(name, others[index] ?? 0);
  },

  async read(book, directory) {
    const places = [...book.together, ...book.alone].map(name => path.join(realpathSync(directory), name));
    const of = projectsOf(await must('lsattr', '-pd', ...places));
    if (of.length !== places.length || of.some((id, index) => id !== book.ids[index])) return undefined;
    const known = await report(mountAt(directory));
    const first = known.get(Number(book.group));
    if (!first || first.mostBytes > book.bytes || !book.ids.every(id => (known.get(id)?.mostBytes ?? 0) > 0))
      return undefined;
    return first;
  },

  // They are removed like all others.
  async drop() {},

  async end(book, at) {
    for (const id of new Set(book.ids)) await limit(mountAt(at), id, 0);
  },
};
