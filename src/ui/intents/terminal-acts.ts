import type {AttachmentEnd, SessionView, Size} from '../../sessions/port.ts';
import type {Attachable} from '../../terminal/attach.ts';
import {attachProcess} from '../../terminal/attach-process.ts';
import type {Context} from '../context.ts';
import {selectedSession} from '../in-view.ts';

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
    shell: () => hand(async ({id}, size) => attachProcess(await port.shell(id, size)), 'the shell ended'),
  };
}
