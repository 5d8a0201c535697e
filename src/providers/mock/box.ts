import path from 'node:path';
import {AppError} from '../../errors.ts';
import {sameSize} from '../../lib/size.ts';
import type {
  Command,
  Environment,
  EnvironmentId,
  EnvironmentSpec,
  Size,
  TerminalEnd,
  TerminalOptions,
  TerminalStream,
} from '../provider.ts';
import type {Running} from './program.ts';
import type {OutputRecord} from './record.ts';

/** One environment in memory. */
export interface Box {
  readonly id: EnvironmentId;
  readonly spec: EnvironmentSpec;
  readonly createdAt: number;
  readonly output: OutputRecord;
  readonly viewers: Set<{data(bytes: Uint8Array, end: number): void; end(end: TerminalEnd): void}>;
  state: Environment['state'];
  size: Size;
  command?: Command;
  running?: Running;
  exitCode?: number;
  startedAt?: number;
}

/** The mock's only files are those of the workspace. Throws for any other place. */
export function inWorkspace(box: Box, place: string): string {
  const [, inside] = /^\/workspace(?:\/(.*))?$/.exec(place) ?? [];
  const file = path.join(box.spec.workspace, inside ?? '');
  const outside = path.relative(box.spec.workspace, file).split(path.sep)[0] === '..';
  if ((inside === undefined && place !== '/workspace') || outside) {
    throw new AppError('ENGINE_REFUSED', `The mock has no files outside /workspace, and no ${place}`);
  }
  return file;
}

/** Its main terminal: the record first, then live. */
export function openBoxTerminal(box: Box, {from, cuts}: TerminalOptions): TerminalStream {
  let listener: ((bytes: Uint8Array, end: number) => void) | undefined;
  let settleHistory = () => {};
  let settle: (end: TerminalEnd) => void = () => {};
  const caughtUp = new Promise<void>(resolve => {
    settleHistory = resolve;
  });
  const closed = new Promise<TerminalEnd>(resolve => {
    settle = resolve;
  });
  const viewer = {
    data: (bytes: Uint8Array, end: number) => listener?.(bytes, end),
    end(end: TerminalEnd) {
      box.viewers.delete(viewer);
      settle(end);
    },
  };
  return {
    caughtUp,
    closed,
    onData(next) {
      for (const piece of box.output.read(from, cuts)) next(piece.bytes, piece.end);
      listener = next;
      settleHistory();
      if (box.running) box.viewers.add(viewer);
      else viewer.end('exited');
    },
    write: bytes => box.running?.input(bytes),
    async resize(size) {
      const at = box.output.end;
      if (!sameSize(size, box.size)) {
        box.size = size;
        box.running?.resize(size);
      }
      return at;
    },
    // Its record is its memory.
    pause: () => {},
    resume: () => {},
    close: () => viewer.end('detached'),
  };
}

export const environmentOf = (box: Box): Environment => ({
  id: box.id,
  name: box.spec.name,
  state: box.state,
  labels: box.spec.labels,
  image: box.spec.image,
  createdAt: box.createdAt,
  ...(box.exitCode === undefined ? {} : {exitCode: box.exitCode}),
  ...(box.startedAt === undefined ? {} : {startedAt: box.startedAt}),
});
