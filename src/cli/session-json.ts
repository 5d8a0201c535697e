import type {PromptView, SessionView} from '../sessions/port.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** A session as `ls --json` and `new --json` print it. Scripts rely on exactly these keys. */
export const sessionJson = (session: SessionView) => ({
  id: session.id,
  name: session.name,
  agent: session.agent,
  provider: session.provider,
  image: session.image,
  phase: session.phase,
  status: session.status.status,
  statusSource: session.status.source,
  workspace: {
    mode: session.workspace.mode,
    path: session.workspace.path,
    branch: session.workspace.branch,
    repo: session.workspace.repo,
  },
  createdAt: iso(session.createdAt),
  exitCode: session.exitCode,
});

/** A prompt as lists of them print it. */
export const promptJson = ({id, state, detail, text, length, createdAt}: PromptView) => ({
  ...{id, state, detail, text, length},
  createdAt: iso(createdAt),
});

/** The same with what `show --json` adds. */
export const sessionDetailJson = (session: SessionView) => ({
  ...sessionJson(session),
  source: session.workspace.source,
  base: session.workspace.base,
  changes: session.changes,
  command: session.command,
  title: session.title,
  note: session.note,
  setup: session.setup,
  mode: session.mode,
  variables: session.variables,
  missing: session.missing,
  resumes: session.resumes,
  phaseSince: iso(session.phaseSince),
  statusKind: session.status.kind === '' ? null : session.status.kind,
  statusRule: session.status.rule,
  statusDetail: session.status.detail,
  statusSince: iso(session.status.since),
  unseen: session.unseen,
  prompts: {
    waiting: session.prompts.waiting,
    last: session.prompts.last && promptJson(session.prompts.last),
  },
  limits: session.limits,
  network: session.network,
  denied: session.denied,
  sandbox: session.sandbox,
  runtime: session.runtime,
  unenforced: session.unenforced,
  credentials: session.credentials,
  home: session.home,
  project: session.project,
  queued: session.queued,
  asleep: session.asleep === '' ? null : session.asleep,
});
