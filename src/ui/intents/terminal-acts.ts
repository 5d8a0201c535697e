import {createByteQueue} from '../../lib/byte-queue.ts';
import type {AttachmentEnd, ExecHandle, SessionView, Size} from '../../sessions/port.ts';
import type {Attachable} from '../../terminal/attach.ts';
import type {Context} from '../context.ts';
import {selectedSession} from '../focus.ts';

/** A shell as something a terminal can be connected to. What it prints before somebody listens is kept. */
export function attachable(handle: ExecHandle): Attachable<AttachmentEnd> {
  const queue = createByteQueue();
  let detached = false;
  handle.onOutput((_stream, bytes) => queue.push(bytes));
  let settle: (end: AttachmentEnd) => void = () => {};
  const closed = new Promise<AttachmentEnd>((resolve, reject) => {
    settle = resolve;
    handle.exit
      .finally(queue.end)
      .then(exitCode => resolve(detached ? {reason: 'detached'} : {reason: 'exited', exitCode}), reject);
  });
  return {
    output: queue.output,
    write: bytes => handle.write(bytes),
    resize: size => handle.resize(size),
    // Nobody could come back to this shell: leaving it ends it.
    detach() {
      detached = true;
      handle.kill();
      settle({reason: 'detached'});
    },
    closed,
  };
}

/** What hands the terminal to a session: attach and shell. */
export function terminalActs(context: Context) {
  const {port, store, background, inform, fail, lend, refresh} = context;
  let busy = false;

  const hand = (open: (session: SessionView, size: Size) => Promise<Attachable<AttachmentEnd>>, ended: string) => {
    const session = selectedSession(store.current());
    if (!session || busy) return;
    busy = true;
    background(async () => {
      try {
        const end = await lend(await open(session, store.current().size));
        if (end.reason === 'exited') {
          inform(`${session.name}: ${ended}${end.exitCode ? ` with exit code ${end.exitCode}` : ''}`);
        }
        if (end.reason === 'lost') inform(`${session.name}: the connection was lost: ${end.detail}`);
      } catch (error) {
        fail(error);
      } finally {
        busy = false;
      }
      await refresh();
    });
  };

  return {
    attach: () => hand(({id}, size) => port.attach(id, size), 'the agent ended'),
    shell: () => hand(async ({id}, size) => attachable(await port.shell(id, size)), 'the shell ended'),
  };
}
