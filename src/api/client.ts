import {durationFromMs, timestampFromMs} from '@bufbuild/protobuf/wkt';
import {AppError} from '../errors.ts';
import {systemClock} from '../lib/clock.ts';
import type {SessionsPort, SessionView} from '../sessions/port.ts';
import {agentInfo, startMessage} from './agent-message.ts';
import {attachOver} from './attach-call.ts';
import {
  applyOptionsMessage,
  applyPlan,
  applyResult,
  recoveryOf,
  restoreResult,
  workspaceChanges,
} from './change-messages.ts';
import {createOver} from './create-call.ts';
import {findingWords, statusWords} from './enums.ts';
import {execOver} from './exec-call.ts';
import {fleetOver} from './fleet-over.ts';
import type {Session} from './gen/trails/v1/session_pb.js';
import {keptOver} from './kept-over.ts';
import type {Calls, Line} from './line.ts';
import {auditRow, imageInfo, newSessionMessage, screenFrame, sessionStats, sizeMessage} from './messages.ts';
import {networkOver} from './network-over.ts';
import {projectsOver} from './projects-over.ts';
import {promptsOver} from './prompts-over.ts';
import {engineState, sessionView} from './session-message.ts';
import {set} from './set.ts';

const viewIn = ({session}: {readonly session?: Session | undefined}): SessionView =>
  sessionView(set(session, 'a session'));

/** The sessions of the daemon at the other end of the line. */
export function remoteSessions(line: Line): SessionsPort {
  const ask = <T>(work: (calls: Calls) => Promise<T>, signal?: AbortSignal) => line.call(work, true, signal);
  const change = <T>(work: (calls: Calls) => Promise<T>, signal?: AbortSignal) => line.call(work, false, signal);
  const leaving = new AbortController();
  const creations = new Set<Promise<void>>();
  const within = (signal: AbortSignal | undefined) => (signal ? {signal} : {});

  return {
    list: async () => (await ask(({sessions}) => sessions.list({}))).sessions.map(sessionView),
    get: async session => viewIn(await ask(({sessions}) => sessions.get({session}))),
    async *watch(signal) {
      for await (const change of line.stream(({sessions}, until) => sessions.watch({}, {signal: until}), signal)) {
        const {whole, sessions, removed, engine} = change;
        yield {whole, sessions: sessions.map(sessionView), removed, ...(engine ? {engine: engineState(engine)} : {})};
      }
    },
    engine: async () => engineState(set((await ask(({sessions}) => sessions.getEngine({}))).engine, 'an engine')),
    suggestName: async () => (await ask(({sessions}) => sessions.suggestName({}))).name,
    async validate(request) {
      try {
        const session = newSessionMessage(request);
        return (await ask(({sessions}) => sessions.validate({session}))).problems;
      } catch (error) {
        // What could not even be asked.
        if (error instanceof AppError && error.code === 'LIMIT_INVALID') return {limits: error.message};
        throw error;
      }
    },
    create(request, onProgress, signal) {
      const made = createOver(line, request, onProgress, AbortSignal.any([signal, leaving.signal]));
      const one = made.then(
        () => void creations.delete(one),
        () => void creations.delete(one),
      );
      creations.add(one);
      return made;
    },
    stop: async session => viewIn(await change(({sessions}) => sessions.stop({session}))),
    start: async (session, size, options = {}) =>
      viewIn(
        await change(({sessions}) => sessions.start({session, size: sizeMessage(size), ...startMessage(options)})),
      ),
    restart: async (session, size, options = {}) =>
      viewIn(
        await change(({sessions}) => sessions.restart({session, size: sizeMessage(size), ...startMessage(options)})),
      ),
    ...keptOver(line),
    ...projectsOver(line),
    ...promptsOver(line),
    ...fleetOver(line),
    ...networkOver(line),
    changes: async (session, signal) =>
      workspaceChanges(
        set((await ask(({sessions}) => sessions.changes({session}, within(signal)), signal)).changes, 'changes'),
      ),
    async *watchChanges(session, signal) {
      const pictures = line.stream(({sessions}, until) => sessions.watchChanges({session}, {signal: until}), signal);
      for await (const {changes} of pictures) yield workspaceChanges(set(changes, 'changes'));
    },
    async *patch(session, {paths, version = ''}, signal) {
      // On the wire no path at all asks for all of them.
      if (paths?.length === 0) return;
      let begun = false;
      const pieces = line.stream(({sessions}, until) => {
        // The next daemon would begin it anew.
        if (begun) throw new AppError('DAEMON_LOST', 'The daemon ended in the middle of this');
        begun = true;
        return sessions.patch({session, paths: [...(paths ?? [])], version}, {signal: until});
      }, signal);
      for await (const {text} of pieces) yield text;
    },
    async planApply(session, request, signal) {
      const options = applyOptionsMessage(request);
      return applyPlan(
        set((await ask(({sessions}) => sessions.planApply({session, options}, within(signal)), signal)).plan, 'a plan'),
      );
    },
    async apply(session, request) {
      const options = applyOptionsMessage(request);
      return applyResult(set((await change(({sessions}) => sessions.apply({session, options}))).plan, 'a plan'));
    },
    recoveries: async () => (await ask(({sessions}) => sessions.listRecoveries({}))).recoveries.map(recoveryOf),
    restore: async (id, {to = ''}) => restoreResult(await change(({sessions}) => sessions.restore({id, to}))),
    pruneRecoveries: async ({id = ''}) =>
      (await change(({sessions}) => sessions.pruneRecoveries({id}))).recoveries.map(recoveryOf),
    teardown: session => ask(({sessions}) => sessions.teardown({session})),
    async remove(session, {force}) {
      await change(({sessions}) => sessions.remove({session, force}));
    },
    async wait(session, {statuses, timeoutMs}, signal) {
      const until = timeoutMs === undefined ? undefined : systemClock.now() + timeoutMs;
      // Should the daemon die, the next one is asked for the rest of the time.
      const rest = () =>
        until === undefined ? {} : {timeout: durationFromMs(Math.max(0, Math.round(until - systemClock.now())))};
      const request = () => ({session, statuses: statuses.map(statusWords.wire), ...rest()});
      return viewIn(await ask(({sessions}) => sessions.wait(request(), {signal}), signal));
    },
    attach: (session, size) => attachOver(line, session, size),
    exec: (session, {argv, tty, env = {}}) =>
      execOver(line, {session, argv: [...argv], env: {...env}, ...(tty ? {tty: sizeMessage(tty)} : {})}),
    shell: (session, size) => execOver(line, {session, tty: sizeMessage(size)}),
    screen: async session =>
      screenFrame(set((await ask(({sessions}) => sessions.screen({session}))).screen, 'a screen')),
    async *watchScreen(session, {scrolled, maxFps}, signal) {
      const frames = line.stream(
        ({sessions}, until) => sessions.watchScreen({session, scrolled, maxFps}, {signal: until}),
        signal,
      );
      for await (const {screen} of frames) yield screenFrame(set(screen, 'a screen'));
    },
    async *logs(session, query, signal) {
      let {tail, from = 0} = query;
      const pieces = line.stream(({sessions}, until) => {
        const rest = {from: BigInt(from), follow: query.follow, ...(tail === undefined ? {} : {tail})};
        return sessions.logs({session, ...rest}, {signal: until});
      }, signal);
      for await (const {lines, next} of pieces) {
        yield {lines, next: Number(next)};
        // Should the daemon die, the next one goes on from here.
        from = Number(next);
        tail = undefined;
      }
    },
    stats: async signal =>
      (await ask(({sessions}) => sessions.stats({}, within(signal)), signal)).sessions.map(sessionStats),
    async *audit({ref = '', since, limit, after = 0, follow = false}, signal) {
      let last = after;
      let most = limit;
      const rows = line.stream(({sessions}, until) => {
        const request = {
          ...{session: ref, after: BigInt(last), follow},
          ...(most === undefined ? {} : {limit: most}),
          ...(since === undefined ? {} : {since: timestampFromMs(since)}),
        };
        return sessions.audit(request, {signal: until});
      }, signal);
      for await (const message of rows) {
        const row = auditRow(set(message.row, 'a row'));
        yield row;
        last = row.id;
        most = undefined;
      }
    },
    agents: async () => (await ask(({sessions}) => sessions.listAgents({}))).agents.map(agentInfo),
    images: async signal =>
      (await ask(({sessions}) => sessions.listImages({}, within(signal)), signal)).images.map(imageInfo),
    buildImage: ({name, args, ca = ''}, onLine, signal) =>
      change(async ({sessions}) => {
        for await (const {event} of sessions.buildImage({name, args: {...args}, ca}, within(signal))) {
          if (event.case === 'line') onLine(event.value);
          else if (event.case === 'image') return imageInfo(event.value);
        }
        throw new Error('The daemon ended a build without an image');
      }, signal),
    removeImage: async (name, signal) =>
      (await change(({sessions}) => sessions.removeImage({name}, within(signal)), signal)).reference,
    doctor: async signal =>
      (await ask(({daemon}) => daemon.doctor({}, within(signal)), signal)).findings.map(
        ({check, title, state, detail, why, fix}) => ({
          ...{check, title, state: findingWords.word(state, 'warning'), detail, why},
          ...(fix === '' ? {} : {fix}),
        }),
      ),
    async close() {
      leaving.abort();
      await Promise.all(creations);
      line.close();
    },
  };
}
