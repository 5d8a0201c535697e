import {existsSync} from 'node:fs';
import path from 'node:path';
import {bytes as amount} from '../../lib/amount.ts';
import {run} from '../../lib/exec.ts';
import {audited, type Context, sessionDirectory, update} from '../context.ts';
import {keptHomePlace} from '../kept/places.ts';
import type {SessionRecord} from '../record.ts';
import {heldDisk} from './bounds.ts';

/** It is measured no more often than this. */
const freshMs = 30_000;
/** A tree that takes longer is let be for a while: somebody may grow one for that. */
const patienceMs = 20_000;
const restMs = 300_000;
/** Those with a bound are looked at so often, though nobody asks. */
const lookMs = 60_000;

/** How much lies on the disk for each session: its workspace and its home. */
export interface DiskUse {
  /** As it was measured last; asks for it to be measured anew when that is long ago. Null while it is not known. */
  of(record: SessionRecord): number | null;
  /** Resolves when nothing is being measured. */
  settled(): Promise<void>;
  close(): void;
}

/** Bytes below these directories, counted by another process: no link is followed, no other file system entered. */
export async function measure(directories: readonly string[], signal?: AbortSignal): Promise<number | null> {
  const there = directories.filter(directory => existsSync(directory));
  if (there.length === 0) return 0;
  const options = {timeoutMs: patienceMs, ...(signal ? {signal} : {})};
  const {stdout} = await run('du', ['-skx', '--', ...there], options);
  const sizes = stdout.split('\n').flatMap(line => /^(\d+)\s/.exec(line)?.[1] ?? []);
  // What may not be read is missing from a sum, and du ends with 1: what it counted is there all the same.
  return sizes.length === there.length ? sizes.reduce((sum, size) => sum + Number(size) * 1024, 0) : null;
}

interface Measured {
  readonly at: number;
  readonly bytes: number | null;
}

const overText = 'it holds more on the disk than it may';

export function createDiskUse(context: Context, signal: AbortSignal): DiskUse {
  const {store, clock, changes, paths, log} = context;
  const known = new Map<string, Measured>();
  const asked = new Set<string>();
  let working: Promise<void> | undefined;

  const tellOver = async (record: SessionRecord, found: number) => {
    const {diskBytes} = record.limits;
    const over = diskBytes !== undefined && found > diskBytes;
    const told = record.note === overText;
    if (over === told || record.phase !== 'running') return;
    update(context, record.id, {note: over ? overText : ''});
    if (over)
      await audited(context, record, 'disk', `${amount(found)} of ${amount(diskBytes)}: ${overText}`, async () => {});
  };
  const measureOne = async (id: string) => {
    const record = store.byId(id);
    if (!record || record.removing) return void known.delete(id);
    const before = clock.now();
    const home = keptHomePlace(paths, record) ?? path.join(sessionDirectory(paths, id), 'home');
    const bound = await heldDisk(context, record, signal);
    const bytes = bound ? bound.usedBytes : await measure([record.workspace.path, home], signal);
    const slow = bytes === null ? restMs - freshMs : 0;
    known.set(id, {at: before + slow, bytes: bytes ?? known.get(id)?.bytes ?? null});
    const now = store.byId(id);
    if (now && bytes !== null) await tellOver(now, bytes);
    changes.tell();
  };
  const work = async () => {
    for (const id of asked) {
      if (signal.aborted) break;
      await measureOne(id).catch(error => log.warn('a disk could not be measured', {session: id, why: String(error)}));
      asked.delete(id);
    }
    working = undefined;
  };
  const of = ({id}: SessionRecord): number | null => {
    const last = known.get(id);
    if (!last || clock.now() - last.at >= freshMs) {
      asked.add(id);
      working ??= work();
    }
    return last?.bytes ?? null;
  };
  let cancel = () => {};
  const tick = () => {
    cancel = clock.after(lookMs, tick);
    for (const record of store.all())
      if (record.phase === 'running' && record.limits.diskBytes !== undefined) of(record);
    for (const id of [...known.keys()]) if (!store.byId(id)) known.delete(id);
  };
  tick();
  return {of, settled: async () => working, close: () => cancel()};
}
