import {systemClock} from '../lib/clock.ts';

/** How long one turn of the event loop may go on parsing, all terminals together: keys are read between turns. */
const turnMs = 6;
const shortestPiece = 512;
const longestPiece = 16 * 1024;
/** Above this much unparsed output the one who brings more has to wait for it: memory stays bounded under a flood. */
const mostPending = 4 * 1024 * 1024;
/** So much at once is a flood: nobody reads it as it passes, and most of it may never be seen. */
const floodBytes = 512 * 1024;
/** In a flood more is waited for: the more there is, the more of it may be left out. */
const floodMs = 40;

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

export interface ParseQueueOptions {
  readonly parse: (bytes: Uint8Array) => void;
  /** Takes the first part of a flood in, and gives back what is still to be parsed of the rest. */
  readonly shorten: (flood: Buffer) => Uint8Array;
  /** Follows each turn in which something was parsed. */
  readonly onParsed: () => void;
}

type Job = Uint8Array | (() => void);
const isBytes = (job: Job | undefined): job is Uint8Array => typeof job === 'object';

/** Feeds `parse` in order and in small pieces. */
export function createParseQueue({parse, shorten, onParsed}: ParseQueueOptions): ParseQueue {
  let jobs: Job[] = [];
  let next = 0;
  let pending = 0;
  /** Of what is pending: came since the last flood was shortened. */
  let fresh = 0;
  let calls = 0;
  let piece = 4096;
  let closed = false;
  let parsing = false;
  let waiting: (() => void) | undefined;
  /** It was waited for. */
  let due = false;

  const parsePiece = (job: Uint8Array) => {
    const began = systemClock.now();
    const part = job.length > piece ? job.subarray(0, piece) : job;
    if (part === job) next += 1;
    else jobs[next] = job.subarray(piece);
    pending -= part.length;
    fresh = Math.min(fresh, pending);
    parse(part);
    const took = systemClock.now() - began;
    if (took > 2) piece = Math.max(shortestPiece, piece >> 1);
    else if (took === 0) piece = Math.min(longestPiece, piece << 1);
  };
  /** A call has its place in the output: what is around it is not one flood. */
  const flooded = () => calls === 0 && fresh >= floodBytes;
  const shortenFlood = () => {
    const rest = shorten(Buffer.concat(jobs.slice(next).filter(isBytes)));
    jobs = [rest];
    next = 0;
    pending = rest.length;
    fresh = 0;
    due = false;
  };
  const step = (): boolean => {
    const job = jobs[next];
    if (job === undefined) return false;
    parsing = true;
    try {
      if (!isBytes(job)) {
        next += 1;
        calls -= 1;
        job();
      } else if (flooded()) shortenFlood();
      else parsePiece(job);
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
  const start = () => {
    waiting?.();
    waiting = undefined;
    if (closed) return;
    busy.add(self);
    schedule();
  };
  const add = (job: Job) => {
    if (closed) return;
    jobs.push(job);
    if (!flooded() || due || pending >= mostPending) start();
    else if (!waiting) {
      busy.delete(self);
      waiting = systemClock.after(floodMs, () => {
        due = true;
        start();
      });
    }
  };

  return {
    write(bytes) {
      if (bytes.length === 0) return;
      pending += bytes.length;
      fresh += bytes.length;
      add(bytes);
      while (!parsing && pending > mostPending) step();
    },
    run(call) {
      calls += 1;
      add(call);
    },
    close() {
      closed = true;
      waiting?.();
      jobs = [];
      next = 0;
      busy.delete(self);
    },
  };
}
