import type {MessageInitShape} from '@bufbuild/protobuf';
import {timestampFromMs} from '@bufbuild/protobuf/wkt';
import type {
  ApplyPlan,
  ApplyRequest,
  ApplyResult,
  FileChange,
  Recovery,
  RestoreResult,
  WorkspaceChanges,
} from '../sessions/port.ts';
import {applyWords, changeWords, workspaceWords} from './enums.ts';
import type {
  ApplyPlanSchema,
  FileChangeSchema,
  FileChange as FileMessage,
  ApplyPlan as PlanMessage,
  Recovery as RecoveryMessage,
  RecoverySchema,
  WorkspaceChangesSchema,
  WorkspaceChanges as WorkspaceMessage,
} from './gen/trails/v1/session_pb.js';
import type {ApplyOptions, ApplyOptionsSchema, RestoreResponse} from './gen/trails/v1/session_service_pb.js';
import {momentOf} from './moment.ts';
import {changeCount} from './session-message.ts';

/** What proto3 has as "" is null here. */
const orNull = (text: string): string | null => (text === '' ? null : text);

const fileMessage = ({
  from,
  oldMode,
  newMode,
  kind,
  ...file
}: FileChange): MessageInitShape<typeof FileChangeSchema> => ({
  ...file,
  kind: changeWords.wire(kind),
  ...(from === null ? {} : {from}),
  ...(oldMode === null ? {} : {oldMode}),
  ...(newMode === null ? {} : {newMode}),
});

const fileChange = ({path, from, kind, added, removed, binary, oldMode, newMode}: FileMessage): FileChange => ({
  ...{path, added, removed, binary},
  ...{from: orNull(from), oldMode: orNull(oldMode), newMode: orNull(newMode)},
  kind: changeWords.word(kind, 'modified'),
});

const plainRefused = ({path, why}: {readonly path: string; readonly why: string}) => ({path, why});

export const workspaceMessage = (changes: WorkspaceChanges): MessageInitShape<typeof WorkspaceChangesSchema> => ({
  ...changes,
  files: changes.files.map(fileMessage),
  refused: [...changes.refused],
});

export const workspaceChanges = (message: WorkspaceMessage): WorkspaceChanges => ({
  files: message.files.map(fileChange),
  added: message.added,
  removed: message.removed,
  refused: message.refused.map(plainRefused),
  version: message.version,
});

export const applyOptionsMessage = ({how, ...rest}: ApplyRequest): MessageInitShape<typeof ApplyOptionsSchema> => ({
  ...rest,
  ...(how === undefined ? {} : {how: applyWords.wire(how)}),
});

export const applyRequest = (message: ApplyOptions | undefined): ApplyRequest => {
  const how = message && applyWords.word(message.how, undefined);
  return {
    theirs: message?.theirs ?? false,
    ...(how === undefined ? {} : {how}),
    ...(message?.branch ? {branch: message.branch} : {}),
    ...(message?.version ? {version: message.version} : {}),
  };
};

export const planMessage = (
  plan: ApplyPlan & {readonly commit?: string | null},
): MessageInitShape<typeof ApplyPlanSchema> => {
  const {how, branch, commit, ...rest} = plan;
  return {
    ...rest,
    how: applyWords.wire(how),
    ...(branch === null ? {} : {branch}),
    commits: [...plan.commits],
    files: plan.files.map(fileMessage),
    conflicts: [...plan.conflicts],
    refused: [...plan.refused],
    ...(commit ? {commit} : {}),
  };
};

export const applyResult = (message: PlanMessage): ApplyResult => ({
  how: applyWords.word(message.how, 'files'),
  target: message.target,
  branch: message.branch ?? null,
  commits: message.commits.map(({id, subject, author}) => ({id, subject, author})),
  uncommitted: message.uncommitted,
  files: message.files.map(fileChange),
  conflicts: message.conflicts.map(plainRefused),
  refused: message.refused.map(plainRefused),
  version: message.version,
  commit: message.commit ?? null,
});

export const applyPlan = (message: PlanMessage): ApplyPlan => {
  const {commit: _, ...plan} = applyResult(message);
  return plan;
};

export const recoveryMessage = (recovery: Recovery): MessageInitShape<typeof RecoverySchema> => {
  const {removedAt, expiresAt, mode, ...rest} = recovery;
  return {
    ...rest,
    removeTime: timestampFromMs(removedAt),
    expireTime: timestampFromMs(expiresAt),
    mode: workspaceWords.wire(mode),
  };
};

export const recoveryOf = (message: RecoveryMessage): Recovery => ({
  id: message.id,
  name: message.name,
  removedAt: momentOf(message.removeTime),
  expiresAt: momentOf(message.expireTime),
  mode: workspaceWords.word(message.mode, 'copy'),
  source: message.source,
  kept: message.kept,
  changes: changeCount(message.changes ?? {files: 0, added: 0, removed: 0}),
});

export const restoreResult = ({branch, directory, refused}: RestoreResponse): RestoreResult => ({
  branch: orNull(branch),
  directory,
  refused: refused.map(plainRefused),
});
