import type {MessageInitShape} from '@bufbuild/protobuf';
import {timestampFromMs} from '@bufbuild/protobuf/wkt';
import type {
  ChangeCount,
  EngineState,
  Kind,
  SessionView,
  SetupView,
  StatusSource,
  StatusVerdict,
} from '../sessions/port.ts';
import {promptMessage, promptView} from './agent-message.ts';
import {
  asleepWords,
  credentialsWords,
  engineWords,
  looseningWords,
  modeWords,
  networkWords,
  phaseWords,
  profileWords,
  projectUseWords,
  statusWords,
  workspaceWords,
} from './enums.ts';
import type {
  Engine,
  EngineSchema,
  Session,
  SessionSchema,
  StatusVerdict as VerdictMessage,
} from './gen/trails/v1/session_pb.js';
import {momentOf} from './moment.ts';

export const changeCount = ({files, added, removed}: ChangeCount): ChangeCount => ({files, added, removed});

const setupView = ({commands, done, running}: SetupView): SetupView => ({commands, done, running});

export const sessionMessage = (view: SessionView): MessageInitShape<typeof SessionSchema> => ({
  id: view.id,
  name: view.name,
  agent: view.agent,
  command: [...view.command],
  provider: view.provider,
  image: view.image,
  phase: phaseWords.wire(view.phase),
  phaseSince: timestampFromMs(view.phaseSince),
  note: view.note,
  status: {
    status: statusWords.wire(view.status.status),
    source: view.status.source,
    kind: view.status.kind,
    rule: view.status.rule,
    detail: view.status.detail,
    since: timestampFromMs(view.status.since),
  },
  workspace: {
    mode: workspaceWords.wire(view.workspace.mode),
    path: view.workspace.path,
    source: view.workspace.source,
    ...(view.workspace.branch === null ? {} : {branch: view.workspace.branch}),
    ...(view.workspace.repo === null ? {} : {repo: view.workspace.repo}),
    ...(view.workspace.base === null ? {} : {base: view.workspace.base}),
  },
  limits: {
    memoryBytes: BigInt(view.limits.memoryBytes),
    cpus: view.limits.cpus,
    pids: view.limits.pids,
    ...(view.limits.diskBytes === undefined ? {} : {diskBytes: BigInt(view.limits.diskBytes)}),
  },
  network: networkWords.wire(view.network),
  denied: view.denied,
  sandbox: {
    profile: profileWords.wire(view.sandbox.profile),
    loosened: view.sandbox.loosened.map(looseningWords.wire),
  },
  ...(view.runtime === null ? {} : {runtime: view.runtime}),
  unenforced: [...view.unenforced],
  credentials: credentialsWords.wire(view.credentials),
  ...(view.home === null ? {} : {home: view.home}),
  ...(view.queued === null ? {} : {queued: view.queued}),
  asleep: asleepWords.wire(view.asleep),
  ...(view.project === null ? {} : {project: projectUseWords.wire(view.project)}),
  createTime: timestampFromMs(view.createdAt),
  ...(view.exitCode === null ? {} : {exitCode: view.exitCode}),
  title: view.title,
  unseen: view.unseen,
  ...(view.mode === null ? {} : {mode: modeWords.wire(view.mode)}),
  variables: [...view.variables],
  missingVariables: [...view.missing],
  resumes: view.resumes,
  waitingPrompts: view.prompts.waiting,
  ...(view.prompts.last === null ? {} : {lastPrompt: promptMessage(view.prompts.last)}),
  ...(view.setup === null ? {} : {setup: {...view.setup, commands: [...view.setup.commands]}}),
  ...(view.changes === null ? {} : {changes: view.changes}),
});

const verdictOf = (message: VerdictMessage | undefined): StatusVerdict => ({
  status: message ? statusWords.word(message.status, 'unknown') : 'unknown',
  // A layer that a newer daemon has is shown as it is called there.
  source: (message?.source || 'none') as StatusSource,
  kind: (message?.kind ?? '') as Kind,
  rule: message?.rule ?? '',
  detail: message?.detail ?? '',
  since: momentOf(message?.since),
});

export const sessionView = (message: Session): SessionView => ({
  id: message.id,
  name: message.name,
  agent: message.agent,
  command: message.command,
  provider: message.provider,
  image: message.image,
  phase: phaseWords.word(message.phase, 'lost'),
  phaseSince: momentOf(message.phaseSince),
  note: message.note,
  status: verdictOf(message.status),
  workspace: {
    mode: message.workspace ? workspaceWords.word(message.workspace.mode, 'bind') : 'bind',
    path: message.workspace?.path ?? '',
    source: message.workspace?.source || (message.workspace?.path ?? ''),
    branch: message.workspace?.branch ?? null,
    repo: message.workspace?.repo ?? null,
    base: message.workspace?.base ?? null,
  },
  limits: {
    memoryBytes: Number(message.limits?.memoryBytes ?? 0n),
    cpus: message.limits?.cpus ?? 0,
    pids: message.limits?.pids ?? 0,
    ...(message.limits?.diskBytes === undefined ? {} : {diskBytes: Number(message.limits.diskBytes)}),
  },
  network: networkWords.word(message.network, 'none'),
  denied: message.denied,
  sandbox: {
    // What a newer daemon has loosened must not look strict.
    profile: message.sandbox ? profileWords.word(message.sandbox.profile, 'relaxed') : 'relaxed',
    loosened: (message.sandbox?.loosened ?? []).flatMap(one => looseningWords.word(one, [])),
  },
  runtime: message.runtime ?? null,
  unenforced: message.unenforced,
  credentials: credentialsWords.word(message.credentials, 'forward'),
  home: message.home ?? null,
  queued: message.queued ?? null,
  asleep: asleepWords.word(message.asleep, ''),
  project: projectUseWords.word(message.project, null),
  createdAt: momentOf(message.createTime),
  exitCode: message.exitCode ?? null,
  title: message.title,
  unseen: message.unseen,
  mode: modeWords.word(message.mode, null),
  variables: message.variables,
  missing: message.missingVariables,
  resumes: message.resumes,
  prompts: {waiting: message.waitingPrompts, last: message.lastPrompt ? promptView(message.lastPrompt) : null},
  setup: message.setup ? setupView(message.setup) : null,
  changes: message.changes ? changeCount(message.changes) : null,
});

export const engineMessage = ({state, ...rest}: EngineState): MessageInitShape<typeof EngineSchema> => ({
  ...rest,
  state: engineWords.wire(state),
});

export const engineState = (message: Engine): EngineState => ({
  provider: message.provider,
  state: engineWords.word(message.state, 'connecting'),
  detail: message.detail,
  hint: message.hint,
});
