import type {ProviderName} from './agents.ts';
import type {Model} from './model.ts';
import {changeOne, createOne, type Operations} from './operations.ts';
import type {Random} from './random.ts';
import type {Watching} from './watching.ts';

const most: Readonly<Record<ProviderName, number>> = {podman: 4, mock: 6};

export interface ActorOptions {
  readonly model: Model;
  readonly watching: Watching;
  readonly random: Random;
  readonly providers: readonly ProviderName[];
  readonly tokenFor: (provider: ProviderName) => string;
  /** One of them asks, at random. */
  readonly ways: readonly [Operations, ...Operations[]];
}

/** Does one thing a user might do, whatever comes next. */
export async function act({model, watching, random, providers, tokenFor, ways}: ActorOptions): Promise<void> {
  const operations = random.pick(ways)!;
  const provider = random.pick(providers)!;
  const free = model.usable(({busy}) => !busy);
  const session = random.pick(free);
  const count = [...model.sessions.values()].filter(
    one => one.agent.provider === provider && one.removed !== 'yes' && (one.made || one.busy),
  ).length;
  const what = random.next();
  if (!session || (what < 0.2 && count < most[provider])) {
    if (count < most[provider]) await createOne(model, operations, provider);
    else await operations.list();
  } else if (what < 0.45) {
    const viewer = random.pick(watching.viewers);
    if (viewer) await watching.type(viewer, tokenFor(viewer.session.agent.provider));
    else await watching.attach(session, 'api');
  } else if (what < 0.62) await watching.attach(session, random.chance(0.5) ? 'api' : 'pty');
  else if (what < 0.67) {
    const viewer = random.pick(watching.viewers);
    if (viewer) watching.leave(viewer, 'leave');
  } else if (what < 0.75) await operations.exec(session);
  else if (what < 0.81) await operations.list();
  else if (what < 0.93) {
    const wish = session.phase === 'stopped' ? 'start' : random.chance(0.6) ? 'restart' : 'stop';
    await changeOne(model, operations, wish, session);
  } else await changeOne(model, operations, 'remove', session);
}
