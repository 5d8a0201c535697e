import type {SessionsPort} from '../../src/sessions/port.ts';
import {type History, hangMs, Violation} from './history.ts';
import type {Model, Tracked} from './model.ts';
import {refusal} from './operations.ts';
import {type Viewer, viewInTerminal, viewOverApi} from './viewers.ts';
import type {World} from './world.ts';

const mostViewers = 6;
/** So long after a death what is typed may still be on its way to the dead. */
const noticedMs = 1000;

/** Those who look at sessions through it all. */
export interface Watching {
  readonly viewers: readonly Viewer[];
  /** Milliseconds from the death of a daemon to the exact screen on a viewer that outlived it. */
  readonly repaints: number[];
  attach(session: Tracked, kind: Viewer['kind']): Promise<void>;
  /** Types a line and waits for the agent's answer, unless a kill takes it away. */
  type(viewer: Viewer, token: string): Promise<void>;
  /** Something is killed that carries keys to agents. */
  carrierDies(): void;
  /** A daemon is killed: every viewer has to come back. */
  daemonDies(): void;
  leave(viewer: Viewer, how: 'leave' | 'kill'): void;
  /** Every viewer shows the session's exact screen. */
  checkScreens(): Promise<void>;
}

/** What a viewer may end with that was not asked to: its session was ended, or died with its daemon. */
const mayEnd = (model: Model, {session, since}: Viewer): boolean =>
  session.endings !== since || model.mayBeLost(session);

const isStack = /\n\s+at .+:\d+:\d+|internal error/;

export function createWatching(world: World, model: Model, port: SessionsPort, history: History): Watching {
  let viewers: readonly Viewer[] = [];
  const leaving = new Set<Viewer>();
  const repaints: number[] = [];
  let kills = 0;
  let carriers = 0;
  let carrierDiedAt = Number.NEGATIVE_INFINITY;
  const shows = (viewer: Viewer, holds: () => boolean) =>
    new Promise<boolean>(resolve => {
      const look = () => {
        if (!holds() && viewer.ended === undefined) return;
        deaf();
        resolve(holds());
      };
      const deaf = viewer.listen(look);
      look();
    });
  const add = (viewer: Viewer) => {
    viewers = [...viewers, viewer];
    const who = `the ${viewer.kind} viewer of ${viewer.session.name}`;
    const deaf = viewer.listen(() => {
      if (viewer.ended === undefined) return;
      deaf();
      viewers = viewers.filter(one => one !== viewer);
      history.note(`${who} ended: ${viewer.ended.slice(0, 300)}`);
      if (isStack.test(viewer.ended)) history.fail(new Violation(`${who} ended with a bug: ${viewer.ended}`));
      if (!leaving.delete(viewer) && !mayEnd(model, viewer))
        history.fail(new Violation(`${who} ended though nobody asked for it: ${viewer.ended}`));
    });
  };
  return {
    get viewers() {
      return viewers;
    },
    repaints,
    async attach(session, kind) {
      if (viewers.length >= mostViewers) return;
      const what = `attach ${session.name} (${kind})`;
      if (kind === 'pty') {
        const viewer = viewInTerminal(world, session);
        add(viewer);
        const seen = await history.within(
          what,
          shows(viewer, () => viewer.emulator.text().some(line => line !== '')),
        );
        history.note(`${what}: ${seen ? 'done' : 'ended'}`);
        return;
      }
      try {
        const viewer = await history.within(what, viewOverApi(port, session));
        add(viewer);
        history.note(`${what}: done`);
        if (session.id !== undefined) model.acknowledged.push({action: 'attach', id: session.id});
      } catch (error) {
        if (error instanceof Violation || history.broken.aborted) throw error;
        refusal(what, error);
        history.note(`${what}: ${(error as Error).message}`);
      }
    },
    async type(viewer, token) {
      const {session} = viewer;
      const before = performance.now() - carrierDiedAt < noticedMs ? undefined : carriers;
      session.typed.all.push(token);
      viewer.type(`${token}\r`);
      const answer = session.agent.answer(token);
      const seen = shows(viewer, () => viewer.emulator.text().some(line => line.includes(answer)));
      // A key may be lost on its way with the one who carried it, but only then.
      const patience = new Promise<false>(resolve => setTimeout(resolve, 8000, false));
      if (await Promise.race([seen, patience])) {
        session.typed.acknowledged.push(token);
        history.note(`${viewer.kind} typed ${token} into ${session.name}: answered`);
      } else if (carriers === before && viewer.ended === undefined && viewers.includes(viewer)) {
        throw new Violation(
          `${token} typed into ${session.name} (${viewer.kind}) got no answer:\n${viewer.emulator.text().join('\n')}`,
        );
      } else history.note(`${viewer.kind} typed ${token} into ${session.name}: no answer`);
    },
    carrierDies() {
      carriers += 1;
      carrierDiedAt = performance.now();
    },
    daemonDies() {
      kills += 1;
      const mine = kills;
      for (const viewer of viewers) {
        const late = setTimeout(() => {
          if (mine === kills && viewer.ended === undefined && !history.broken.aborted)
            history.fail(new Violation(`the ${viewer.kind} viewer of ${viewer.session.name} does not come back`));
        }, hangMs);
        void viewer.repainted().then(ms => {
          clearTimeout(late);
          if (ms !== undefined && mine === kills && !leaving.has(viewer)) repaints.push(ms);
        });
      }
    },
    leave(viewer, how) {
      leaving.add(viewer);
      viewer[how]();
    },
    async checkScreens() {
      for (const viewer of viewers) {
        const what = `the screen of ${viewer.session.name} (${viewer.kind})`;
        const until = performance.now() + hangMs;
        for (;;) {
          if (viewer.ended !== undefined) break;
          const {lines} = await history.within(what, port.screen(viewer.session.name));
          const own = viewer.emulator.lines(0);
          if (lines.length === own.length && lines.every((line, row) => line === own[row])) break;
          if (performance.now() > until)
            throw new Violation(`${what} is not the session's:\n${own.join('\n')}\n---\n${lines.join('\n')}`);
          await new Promise(resolve => setTimeout(resolve, 20));
        }
      }
    },
  };
}
