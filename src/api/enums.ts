import type {
  ApplyWay,
  Asleep,
  ChangeKind,
  Credentials,
  EngineState,
  Finding,
  Loosening,
  Mode,
  Network,
  Phase,
  Profile,
  ProjectUse,
  PromptState,
  SleepWay,
  StartWay,
  Status,
  WorkspaceMode,
} from '../sessions/port.ts';
import {DoctorResponse_State as FindingState} from './gen/trails/v1/daemon_service_pb.js';
import {SleepWay as SleepWayEnum} from './gen/trails/v1/fleet_service_pb.js';
import {
  ApplyWay as ApplyWayEnum,
  Asleep as AsleepEnum,
  Credentials as CredentialsEnum,
  Engine_State,
  FileChange_Kind,
  Loosening as LooseningEnum,
  Mode as ModeEnum,
  Network as NetworkEnum,
  Phase as PhaseEnum,
  Profile as ProfileEnum,
  ProjectUse as ProjectUseEnum,
  Prompt_State,
  StartWay as StartWayEnum,
  Status as StatusEnum,
  WorkspaceMode as WorkspaceModeEnum,
} from './gen/trails/v1/session_pb.js';

/** One vocabulary in both directions: our words, and the numbers they have on the wire. */
export interface Vocabulary<Word extends string, Wire extends number> {
  wire(word: Word): Wire;
  /** `otherwise` stands for a number that a newer daemon or client has and we do not. */
  word<Otherwise>(wire: Wire, otherwise: Otherwise): Word | Otherwise;
}

export function vocabulary<Word extends string, Wire extends number>(
  words: Readonly<Record<Word, Wire>>,
): Vocabulary<Word, Wire> {
  const entries = Object.entries(words) as [Word, Wire][];
  const byWire = new Map<number, Word>(entries.map(([word, wire]) => [wire, word]));
  return {
    wire: word => words[word],
    word: (wire, otherwise) => byWire.get(wire) ?? otherwise,
  };
}

export const phaseWords = vocabulary<Phase, PhaseEnum>({
  creating: PhaseEnum.CREATING,
  running: PhaseEnum.RUNNING,
  stopping: PhaseEnum.STOPPING,
  stopped: PhaseEnum.STOPPED,
  failed: PhaseEnum.FAILED,
  lost: PhaseEnum.LOST,
});

export const statusWords = vocabulary<Status, StatusEnum>({
  starting: StatusEnum.STARTING,
  ready: StatusEnum.READY,
  thinking: StatusEnum.THINKING,
  working: StatusEnum.WORKING,
  waiting: StatusEnum.WAITING,
  error: StatusEnum.ERROR,
  exited: StatusEnum.EXITED,
  unknown: StatusEnum.UNKNOWN,
});

export const workspaceWords = vocabulary<WorkspaceMode, WorkspaceModeEnum>({
  clone: WorkspaceModeEnum.CLONE,
  copy: WorkspaceModeEnum.COPY,
  bind: WorkspaceModeEnum.BIND,
});

export const changeWords = vocabulary<ChangeKind, FileChange_Kind>({
  added: FileChange_Kind.ADDED,
  modified: FileChange_Kind.MODIFIED,
  deleted: FileChange_Kind.DELETED,
  renamed: FileChange_Kind.RENAMED,
  mode: FileChange_Kind.MODE,
});

export const applyWords = vocabulary<ApplyWay, ApplyWayEnum>({
  merge: ApplyWayEnum.MERGE,
  files: ApplyWayEnum.FILES,
});

export const networkWords = vocabulary<Network, NetworkEnum>({
  none: NetworkEnum.NONE,
  open: NetworkEnum.OPEN,
  allowlist: NetworkEnum.ALLOWLIST,
});

export const profileWords = vocabulary<Profile, ProfileEnum>({
  strict: ProfileEnum.STRICT,
  relaxed: ProfileEnum.RELAXED,
});

export const projectUseWords = vocabulary<ProjectUse, ProjectUseEnum>({
  trusted: ProjectUseEnum.TRUSTED,
  tightened: ProjectUseEnum.TIGHTENED,
});

export const looseningWords = vocabulary<Loosening, LooseningEnum>({
  'tmp-exec': LooseningEnum.TMP_EXEC,
  debug: LooseningEnum.DEBUG,
  namespaces: LooseningEnum.NAMESPACES,
  'writable-root': LooseningEnum.WRITABLE_ROOT,
});

export const credentialsWords = vocabulary<Credentials, CredentialsEnum>({
  forward: CredentialsEnum.FORWARD,
  broker: CredentialsEnum.BROKER,
});

export const asleepWords = vocabulary<Asleep, AsleepEnum>({
  '': AsleepEnum.UNSPECIFIED,
  paused: AsleepEnum.PAUSED,
  stopped: AsleepEnum.STOPPED,
});

export const sleepWords = vocabulary<SleepWay, SleepWayEnum>({
  pause: SleepWayEnum.PAUSE,
  stop: SleepWayEnum.STOP,
});

export const modeWords = vocabulary<Mode, ModeEnum>({
  ask: ModeEnum.ASK,
  edits: ModeEnum.EDITS,
  all: ModeEnum.ALL,
});

export const promptWords = vocabulary<PromptState, Prompt_State>({
  queued: Prompt_State.QUEUED,
  sending: Prompt_State.SENDING,
  delivered: Prompt_State.DELIVERED,
  failed: Prompt_State.FAILED,
});

export const startWords = vocabulary<StartWay, StartWayEnum>({
  again: StartWayEnum.AGAIN,
  resume: StartWayEnum.RESUME,
  shell: StartWayEnum.SHELL,
});

export const engineWords = vocabulary<EngineState['state'], Engine_State>({
  connecting: Engine_State.CONNECTING,
  ready: Engine_State.READY,
  unreachable: Engine_State.UNREACHABLE,
});

export const findingWords = vocabulary<Finding['state'], FindingState>({
  ok: FindingState.OK,
  warning: FindingState.WARNING,
  missing: FindingState.MISSING,
});
