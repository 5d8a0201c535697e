import type {AgentInfo, AuditRow, EngineState, ScreenFrame, SessionStats, SessionView, Size} from '../sessions/port.ts';
import type {ApplyState} from './models/apply.ts';
import type {ConfirmState} from './models/confirm.ts';
import type {DiffPlace, DiffState} from './models/diff-place.ts';
import type {FormState} from './models/form.ts';
import type {NetworkState} from './models/network-place.ts';
import type {PromptSheet} from './models/prompt-sheet.ts';
import {emptyField, type TextField} from './models/text-field.ts';

export const tabs = ['screen', 'logs', 'diff', 'network', 'info'] as const;
export type Tab = (typeof tabs)[number];

export interface Notice {
  readonly id: number;
  readonly level: 'error' | 'info';
  readonly text: string;
  readonly hint: string;
}

/** What lies over the list and the pane, and has the keys. */
export type Overlay =
  | {readonly kind: 'none'}
  | {readonly kind: 'filter'}
  | {readonly kind: 'help'; readonly top: number}
  | {readonly kind: 'confirm'; readonly confirm: ConfirmState}
  | {readonly kind: 'apply'; readonly apply: ApplyState}
  | {readonly kind: 'form'; readonly form: FormState}
  | {readonly kind: 'prompt'; readonly sheet: PromptSheet}
  | {readonly kind: 'creating'};

/** A session on its way, asked for here. */
export interface Creation {
  readonly name: string;
  readonly step: string;
  /** 0 until the first step is told. */
  readonly index: number;
  readonly total: number;
  /** How much of the step is done, from 0 to 1. */
  readonly fraction: number;
  readonly startedAt: number;
  readonly cancelling: boolean;
}

/** Something that belongs to one session, by its id. */
interface Of<T> {
  readonly id: string;
  readonly value: T;
}

export interface State {
  readonly size: Size;
  readonly now: number;
  readonly dev: boolean;
  readonly version: string;
  readonly cwd: string;
  readonly detachKey: string;
  /** Undefined until the first list came. */
  readonly sessions: readonly SessionView[] | undefined;
  readonly engine: EngineState;
  readonly agents: readonly AgentInfo[];
  /** Names of the variables of this process: what a session may bring along. */
  readonly present: ReadonlySet<string>;
  readonly selected: string | undefined;
  readonly marked: ReadonlySet<string>;
  readonly filter: TextField;
  readonly tab: Tab;
  /** On a narrow terminal: the pane is shown instead of the list. */
  readonly paneOpen: boolean;
  /** Lines above the end of what the pane shows. */
  readonly scroll: number;
  readonly frames: ReadonlyMap<string, ScreenFrame>;
  readonly logs: Of<readonly string[]> | undefined;
  readonly diff: DiffState | undefined;
  /** Where one was in the diffs of other sessions, by their ids. */
  readonly diffPlaces: ReadonlyMap<string, DiffPlace>;
  readonly network: NetworkState | undefined;
  readonly audit: Of<readonly AuditRow[]> | undefined;
  readonly stats: ReadonlyMap<string, SessionStats>;
  /** Why the pane of this session cannot be shown. */
  readonly paneProblem: Of<string> | undefined;
  /** What was asked of a session and has not come back: "stopping…". */
  readonly pending: ReadonlyMap<string, string>;
  readonly notices: readonly Notice[];
  readonly overlay: Overlay;
  /** Prompts that were begun and not sent, by the sessions they are for. */
  readonly drafts: ReadonlyMap<string, string>;
  readonly creation: Creation | undefined;
  /** The terminal belongs to a session at the moment. */
  readonly lent: boolean;
}

export interface StateStart {
  readonly size: Size;
  readonly now: number;
  readonly dev: boolean;
  readonly version: string;
  readonly cwd: string;
  readonly detachKey: string;
  readonly present: ReadonlySet<string>;
}

export const firstState = ({size, now, dev, version, cwd, detachKey, present}: StateStart): State => ({
  ...{size, now, dev, version, cwd, detachKey, present},
  sessions: undefined,
  engine: {provider: '', state: 'connecting', detail: '', hint: ''},
  agents: [],
  selected: undefined,
  marked: new Set(),
  filter: emptyField,
  tab: 'screen',
  paneOpen: false,
  scroll: 0,
  frames: new Map(),
  logs: undefined,
  diff: undefined,
  diffPlaces: new Map(),
  network: undefined,
  audit: undefined,
  stats: new Map(),
  paneProblem: undefined,
  pending: new Map(),
  notices: [],
  overlay: {kind: 'none'},
  drafts: new Map(),
  creation: undefined,
  lent: false,
});
