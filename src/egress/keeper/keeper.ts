import {once} from 'node:events';
import {existsSync, rmSync} from 'node:fs';
import net, {type Socket} from 'node:net';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import type {Clock} from '../../lib/clock.ts';
import {privateDirectory} from '../../lib/files.ts';
import type {Log} from '../../lib/log.ts';
import type {LocalEgress} from '../create-egress.ts';
import {socketPlace} from '../socket-place.ts';
import {onMessages, sendMessage} from './lines.ts';
import {
  type Answers,
  failureOf,
  type Handed,
  type Message,
  type Numbered,
  type Question,
  type Word,
} from './messages.ts';

export interface KeeperOptions {
  /** Where the daemon finds it. */
  readonly socket: string;
  readonly egress: LocalEgress;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
}

/** A daemon that was killed is back by then. */
const graceMs = 10_000;

async function listen(file: string, onConnection: (socket: Socket) => void): Promise<net.Server> {
  const directory = privateDirectory(path.dirname(file));
  // Only the daemon starts a keeper, and only when none answers here.
  rmSync(file, {force: true});
  const {place, close} = socketPlace(directory, path.basename(file));
  const server = net.createServer(onConnection);
  server.once('close', close);
  const before = process.umask(0o177);
  try {
    server.listen(place);
  } finally {
    process.umask(before);
  }
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new AppError('STATE_UNUSABLE', `Could not listen on ${file}: ${(cause as Error).message}`, {cause});
  }
  return server;
}

/**
 * Is the keeper: what lets sessions out while daemons come and go. Resolves when nobody needs it: no session is served and no daemon is
 * there, or another one has taken its place and what was open is over.
 */
export async function runKeeper({socket: file, egress, clock, log, version}: KeeperOptions): Promise<void> {
  const daemons = new Set<Socket>();
  const served = new Map<string, Handed>();
  const over = Promise.withResolvers<string>();
  let retired = false;

  const answers: {[W in Word]: (question: Extract<Question, {ask: W}>) => Promise<Answers[W]>} = {
    hello: async () => ({
      ...{version, pid: process.pid},
      states: [...served.keys()].map(id => ({id, state: egress.state(id)})),
    }),
    async serve({id, directory, policy}) {
      await egress.serve(id, directory, policy);
      const {token, routes} = served.get(id)?.policy ?? policy;
      served.set(id, {id, directory, policy: policy.token === '' ? {...policy, token, routes} : policy});
      return null;
    },
    async once({id, host}) {
      await egress.once(id, host);
      return null;
    },
    async end({id}) {
      served.delete(id);
      await egress.end(id);
      return null;
    },
    async retire() {
      retired = true;
      server.close();
      void egress.retire().then(() => over.resolve('another one has taken its place'));
      return [...served.values()];
    },
  };
  const answer = async (socket: Socket, {n, ...question}: Numbered) => {
    const say = (message: Message) => sendMessage(socket, message);
    try {
      const call = answers[question.ask] as ((question: Question) => Promise<Answers[Word]>) | undefined;
      if (!call) throw new Error(`This keeper, of version ${version}, does not know "${question.ask}"`);
      say({n, answer: await call(question)});
    } catch (error) {
      say({n, failure: failureOf(error)});
    }
  };

  /** A session whose directory has gone is one that nobody told us the end of. */
  const look = async () => {
    for (const [id, {directory}] of served) if (!existsSync(directory)) await answers.end({ask: 'end', id});
    if (!retired && daemons.size === 0 && served.size === 0) over.resolve('nobody needs it');
  };
  const lookLater = (): (() => void) => {
    const cancel = clock.after(graceMs, () => {
      void look();
      later = lookLater();
    });
    return cancel;
  };
  let later = lookLater();

  const stopTelling = egress.onChange(id => {
    for (const socket of daemons) sendMessage(socket, {told: {id, state: egress.state(id)}} satisfies Message);
  });
  const server = await listen(file, socket => {
    daemons.add(socket);
    onMessages<Numbered>(socket, question => void answer(socket, question));
    socket.once('close', () => daemons.delete(socket));
  });
  log.info('the keeper of the sessions’ ways out begins', {version, pid: process.pid});
  const why = await over.promise;
  log.info('the keeper ends', {why});
  later();
  stopTelling();
  server.close();
  for (const socket of daemons) socket.destroy();
  await egress.close();
}
