import {allows} from '../../sessions/lifecycle.ts';
import type {AttachmentEnd, SessionView, Size} from '../../sessions/port.ts';
import type {Attachable} from '../../terminal/attach.ts';
import {attachProcess} from '../../terminal/attach-process.ts';
import type {Context} from '../context.ts';
import {selectedSession} from '../in-view.ts';
import {withPending} from '../models/pending.ts';
import {startOptions} from './start-options.ts';

type Open = (session: SessionView, size: Size) => Promise<Attachable<AttachmentEnd>>;

/** What hands the terminal to a session: attach and shell. */
export function terminalActs(context: Context) {
  const {port, store, background, inform, fail, lend, refresh} = context;
  let busy = false;

  /** `watched`: it is the session's own screen, so whatever it calls for has been seen. */
  const hand = (open: Open, ended: string, watched: boolean) => {
    const session = selectedSession(store.current());
    if (!session || busy) return;
    busy = true;
    background(async () => {
      const seen = async () => {
        if (watched) await port.seen(session.id).catch(fail);
      };
      try {
        const attachment = await open(session, store.current().size);
        await seen();
        const end = await lend(attachment, watched ? session.id : undefined);
        await seen();
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

  /** Where the agent has ended, the shell takes its place. */
  const shellInstead: Open = async ({id, agent}, size) => {
    store.now(withPending(id, 'starting a shell…'));
    try {
      await port.start(id, size, await startOptions(context, agent, 'shell'));
    } finally {
      store.soon(withPending(id, undefined));
    }
    return port.attach(id, size);
  };

  return {
    attach: () => hand(({id}, size) => port.attach(id, size), 'the agent ended', true),
    shell() {
      const session = selectedSession(store.current());
      if (session?.asleep === '' && allows(session.phase, 'startAsked'))
        return hand(shellInstead, 'the shell ended', true);
      return hand(async ({id}, size) => attachProcess(await port.shell(id, size)), 'the shell ended', false);
    },
  };
}
