import {systemClock} from '../lib/clock.ts';

/** How long one turn of the event loop may go on parsing, all terminals together: keys are read between turns. */
const turnMs = 6;
const shortestPiece = 512;
const longestPiece = 16 * 1024;
/** Above this much unparsed output the one who brings more has to wait for it: memory stays bounded under a flood. */
const mostPending = 4 * 1024 * 1024;

export interface ParseQueue {
  write(bytes: Uint8Array): void;
  /** Calls in order: behind what was written before, ahead of what comes after. */
  run(call: () => void): void;
  close(): void;
}

interface Busy {
  /** Does one small piece; whether more is waiting. */
  step(): boolean;
  rested(): void;
}

const busy = new Set<Busy>();
let scheduled = false;

/** Terminals take turns by small pieces, so that one flooding agent does not keep the others' screens waiting. */
function turn(): void {
  scheduled = false;
  const end = systemClock.now() + turnMs;
  const touched = new Set<Busy>();
  for (const one of busy) {
    touched.add(one);
    // Deleting and adding puts it behind the others, and the loop comes to it again.
    busy.delete(one);
    if (one.step()) busy.add(one);
    if (systemClock.now() >= end) break;
  }
  schedule();
  for (const one of touched) one.rested();
}

function schedule(): void {
  if (scheduled || busy.size === 0) return;
  scheduled = true;
  setImmediate(turn);
}

/** Feeds `parse` in order and in small pieces; `onParsed` follows each turn in which something was parsed. */
export function createParseQueue(parse: (bytes: Uint8Array) => void, onParsed: () => void): ParseQueue {
  let jobs: (Uint8Array | (() => void))[] = [];
  let next = 0;
  let pending = 0;
  let piece = 4096;
  let closed = false;
  let parsing = false;

  const step = (): boolean => {
    const job = jobs[next];
    if (job === undefined) return false;
    parsing = true;
    try {
      if (typeof job === 'function') {
        next += 1;
        job();
      } else {
        const began = systemClock.now();
        const part = job.length > piece ? job.subarray(0, piece) : job;
        if (part === job) next += 1;
        else jobs[next] = job.subarray(piece);
        pending -= part.length;
        parse(part);
        const took = systemClock.now() - began;
        if (took > 2) piece = Math.max(shortestPiece, piece >> 1);
        else if (took === 0) piece = Math.min(longestPiece, piece << 1);
      }
    } finally {
      parsing = false;
    }
    if (next === jobs.length) {
      jobs = [];
      next = 0;
      return false;
    }
    if (next > 1000) {
      jobs = jobs.slice(next);
      next = 0;
    }
    return true;
  };
  const self: Busy = {step, rested: () => closed || onParsed()};
  const add = (job: Uint8Array | (() => void)) => {
    if (closed) return;
    jobs.push(job);
    busy.add(self);
    schedule();
  };

  return {
    write(bytes) {
      if (bytes.length === 0) return;
      pending += bytes.length;
      add(bytes);
      while (!parsing && pending > mostPending) step();
    },
    run: add,
    close() {
      closed = true;
      jobs = [];
      next = 0;
      busy.delete(self);
    },
  };
}
