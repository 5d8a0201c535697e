import {durationMs, timestampMs} from '@bufbuild/protobuf/wkt';
import type {ServiceImpl} from '@connectrpc/connect';
import {agentMessage, startOptions} from '../api/agent-message.ts';
import {applyRequest, planMessage, recoveryMessage, workspaceMessage} from '../api/change-messages.ts';
import {statusWords} from '../api/enums.ts';
import type {SessionService} from '../api/gen/trails/v1/session_service_pb.js';
import {auditMessage, createRequest, imageMessage, screenMessage, sizeOf, statsMessage} from '../api/messages.ts';
import {engineMessage, sessionMessage} from '../api/session-message.ts';
import {createFeed} from '../lib/feed.ts';
import type {CreateProgress, SessionView} from '../sessions/port.ts';
import type {Handlers} from './handlers.ts';
import {promptCalls} from './prompt-calls.ts';
import {terminalCalls} from './terminal-calls.ts';

const usualFps = 10;
/** A message has its limits. */
const mostLines = 500;

const sessionOf = (view: SessionView) => ({session: sessionMessage(view)});

/** The creations under way that a client may cancel, by the key it gave them. */
const creations = () => {
  const byKey = new Map<string, AbortController>();
  return {
    /** Runs one; its signal aborts with the call and by its key. */
    async *under<T>(
      key: string,
      signal: AbortSignal,
      work: (signal: AbortSignal) => AsyncIterable<T>,
    ): AsyncIterable<T> {
      const controller = new AbortController();
      if (key !== '') byKey.set(key, controller);
      try {
        yield* work(AbortSignal.any([signal, controller.signal]));
      } finally {
        if (byKey.get(key) === controller) byKey.delete(key);
      }
    },
    cancel: (key: string) => byKey.get(key)?.abort(),
  };
};

/** The sessions as the wire has them. */
export function sessionService({call, stream}: Handlers): ServiceImpl<typeof SessionService> {
  const creating = creations();
  return {
    list: call(async port => ({sessions: (await port.list()).map(sessionMessage)})),
    get: call(async (port, {session}) => sessionOf(await port.get(session))),
    watch: stream(async function* (port, _request, signal) {
      for await (const {whole, sessions, removed, engine} of port.watch(signal)) {
        yield {
          whole,
          sessions: sessions.map(sessionMessage),
          removed: [...removed],
          ...(engine ? {engine: engineMessage(engine)} : {}),
        };
      }
    }),
    create: stream((port, {session, key}, signal) =>
      creating.under(key, signal, async function* (until) {
        const progress = createFeed<CreateProgress>();
        const made = port.create(createRequest(session), progress.push, until);
        made.then(
          () => progress.end(),
          () => progress.end(),
        );
        for await (const value of progress) yield {event: {case: 'progress' as const, value}};
        yield {event: {case: 'session' as const, value: sessionMessage(await made)}};
      }),
    ),
    cancelCreate: call(async (_port, {key}) => {
      creating.cancel(key);
      return {};
    }),
    stop: call(async (port, {session}) => sessionOf(await port.stop(session))),
    start: call(async (port, {session, size, ...rest}) =>
      sessionOf(await port.start(session, sizeOf(size), startOptions(rest))),
    ),
    restart: call(async (port, {session, size, ...rest}) =>
      sessionOf(await port.restart(session, sizeOf(size), startOptions(rest))),
    ),
    ...promptCalls({call, stream}),
    changes: call(async (port, {session}, signal) => ({
      changes: workspaceMessage(await port.changes(session, signal)),
    })),
    watchChanges: stream(async function* (port, {session}, signal) {
      for await (const changes of port.watchChanges(session, signal)) yield {changes: workspaceMessage(changes)};
    }),
    patch: stream(async function* (port, {session, paths, version}, signal) {
      const query = {...(paths.length > 0 ? {paths} : {}), ...(version === '' ? {} : {version})};
      for await (const text of port.patch(session, query, signal)) yield {text};
    }),
    planApply: call(async (port, {session, options}, signal) => ({
      plan: planMessage(await port.planApply(session, applyRequest(options), signal)),
    })),
    apply: call(async (port, {session, options}) => ({
      plan: planMessage(await port.apply(session, applyRequest(options))),
    })),
    listRecoveries: call(async port => ({recoveries: (await port.recoveries()).map(recoveryMessage)})),
    restore: call(async (port, {id, to}) => {
      const {branch, directory, refused} = await port.restore(id, to === '' ? {} : {to});
      return {branch: branch ?? '', directory, refused: [...refused]};
    }),
    pruneRecoveries: call(async (port, {id}) => ({
      recoveries: (await port.pruneRecoveries(id === '' ? {} : {id})).map(recoveryMessage),
    })),
    teardown: call(async (port, {session}) => {
      const {work, saves, removes, keeps} = await port.teardown(session);
      return {work: [...work], saves: [...saves], removes: [...removes], keeps: [...keeps]};
    }),
    remove: call(async (port, {session, force}) => {
      await port.remove(session, {force});
      return {};
    }),
    wait: call(async (port, {session, statuses, timeout}, signal) => {
      const wanted = statuses.flatMap(status => statusWords.word(status, undefined) ?? []);
      const options = {statuses: wanted, ...(timeout ? {timeoutMs: durationMs(timeout)} : {})};
      return sessionOf(await port.wait(session, options, signal));
    }),
    ...terminalCalls({call, stream}),
    screen: call(async (port, {session}) => ({screen: screenMessage(await port.screen(session))})),
    watchScreen: stream(async function* (port, {session, scrolled, maxFps}, signal) {
      const options = {scrolled, maxFps: maxFps > 0 ? maxFps : usualFps};
      for await (const frame of port.watchScreen(session, options, signal)) yield {screen: screenMessage(frame)};
    }),
    logs: stream(async function* (port, {session, tail, from, follow}, signal) {
      const query = {follow, from: Number(from), ...(tail === undefined ? {} : {tail})};
      for await (const {lines, next} of port.logs(session, query, signal)) {
        for (let at = 0; at < lines.length; at += mostLines) {
          const part = lines.slice(at, at + mostLines);
          yield {lines: part, next: BigInt(next - lines.length + at + part.length)};
        }
      }
    }),
    stats: call(async (port, _request, signal) => ({sessions: (await port.stats(signal)).map(statsMessage)})),
    audit: stream(async function* (port, {session, limit, since, after, follow}, signal) {
      const query = {
        ...(session === '' ? {} : {ref: session}),
        ...(limit === undefined ? {} : {limit}),
        ...(since ? {since: timestampMs(since)} : {}),
        after: Number(after),
        follow,
      };
      for await (const row of port.audit(query, signal)) yield {row: auditMessage(row)};
    }),
    listAgents: call(async port => ({
      agents: (await port.agents()).map(agentMessage),
    })),
    listImages: call(async (port, _request, signal) => ({
      images: (await port.images(signal)).map(image => imageMessage(image, image.provider)),
    })),
    buildImage: stream(async function* (port, {name, args, ca}, signal) {
      const lines = createFeed<string>();
      const request = {name, args, ...(ca === '' ? {} : {ca})};
      const built = port.buildImage(request, line => lines.push(line), signal);
      built.then(
        () => lines.end(),
        () => lines.end(),
      );
      for await (const value of lines) yield {event: {case: 'line' as const, value}};
      yield {event: {case: 'image' as const, value: imageMessage(await built, '')}};
    }),
    removeImage: call(async (port, {name}, signal) => ({reference: await port.removeImage(name, signal)})),
    suggestName: call(async port => ({name: await port.suggestName()})),
    validate: call(async (port, {session}) => ({problems: {...(await port.validate(createRequest(session)))}})),
    getEngine: call(async port => ({engine: engineMessage(await port.engine())})),
  };
}
