import type {MessageInitShape} from '@bufbuild/protobuf';
import {timestampFromMs} from '@bufbuild/protobuf/wkt';
import {AppError} from '../errors.ts';
import {usableSize} from '../lib/size.ts';
import type {
  AttachmentEnd,
  AuditRow,
  CreateRequest,
  ImageInfo,
  Limits,
  ScreenFrame,
  SessionStats,
  Size,
} from '../sessions/port.ts';
import {credentialsWords, looseningWords, modeWords, networkWords, profileWords, workspaceWords} from './enums.ts';
import type {
  AuditRow as AuditRowMessage,
  AuditRowSchema,
  Limits as LimitsMessage,
  Screen,
  ScreenSchema,
  SessionStatsSchema,
  SessionStats as StatsMessage,
  TerminalSize,
} from './gen/trails/v1/session_pb.js';
import {
  type AttachResponse_End,
  type AttachResponse_EndSchema,
  type Image,
  type ImageSchema,
  type NewSession,
  type NewSessionSchema,
  AttachResponse_Reason as Reason,
} from './gen/trails/v1/session_service_pb.js';
import {momentOf} from './moment.ts';

type Init<Schema extends Parameters<typeof import('@bufbuild/protobuf').create>[0]> = MessageInitShape<Schema>;

const usualSize: Size = {columns: 80, rows: 24};

function whole(value: number, what: string): number {
  if (Number.isSafeInteger(value)) return value;
  throw new AppError('LIMIT_INVALID', `${what} must be a whole number`);
}

/** Of a window that does not know its size, too. */
export const sizeMessage = (size: Size): Size => usableSize(size);

export const sizeOf = (message: TerminalSize | undefined): Size =>
  message && message.columns > 0 && message.rows > 0 ? {columns: message.columns, rows: message.rows} : usualSize;

export const screenMessage = (frame: ScreenFrame): Init<typeof ScreenSchema> => ({...frame, lines: [...frame.lines]});

export const screenFrame = (message: Screen): ScreenFrame => ({
  size: sizeOf(message.size),
  lines: message.lines,
  cursor: {
    column: message.cursor?.column ?? 0,
    row: message.cursor?.row ?? 0,
    visible: message.cursor?.visible ?? false,
  },
  title: message.title,
  scrollback: message.scrollback,
  scrolled: message.scrolled,
});

/** Throws LIMIT_INVALID for what the wire cannot carry. */
const limitsMessage = ({memoryBytes, pids, cpus, diskBytes}: Partial<Limits>) => ({
  ...(cpus === undefined ? {} : {cpus}),
  ...(pids === undefined ? {} : {pids: whole(pids, 'Pids')}),
  ...(memoryBytes === undefined ? {} : {memoryBytes: BigInt(whole(memoryBytes, 'Memory'))}),
  ...(diskBytes === undefined ? {} : {diskBytes: BigInt(whole(diskBytes, 'Disk'))}),
});

const limitsOf = (message: LimitsMessage | undefined): Partial<Limits> => ({
  ...(message?.memoryBytes === undefined ? {} : {memoryBytes: Number(message.memoryBytes)}),
  ...(message?.cpus === undefined ? {} : {cpus: message.cpus}),
  ...(message?.pids === undefined ? {} : {pids: message.pids}),
  ...(message?.diskBytes === undefined ? {} : {diskBytes: Number(message.diskBytes)}),
});

export const newSessionMessage = (request: CreateRequest): Init<typeof NewSessionSchema> => {
  const {workspace, network, mode, limits, args, env, here = {}, size, setup = [], ...more} = request;
  const {allow = [], profile, loosen = [], credentials, ...rest} = more;
  return {
    ...rest,
    size: sizeMessage(size),
    args: [...args],
    setup: [...setup],
    env: {...env},
    here: {...here},
    allow: [...allow],
    ...(profile === undefined ? {} : {profile: profileWords.wire(profile)}),
    loosen: loosen.map(looseningWords.wire),
    ...(credentials === undefined ? {} : {credentials: credentialsWords.wire(credentials)}),
    ...(mode === undefined ? {} : {mode: modeWords.wire(mode)}),
    limits: limitsMessage(limits),
    ...(workspace === undefined ? {} : {workspace: workspaceWords.wire(workspace)}),
    ...(network === undefined ? {} : {network: networkWords.wire(network)}),
  };
};

const given = <Key extends string, Value>(key: Key, value: Value | undefined): {readonly [K in Key]?: Value} =>
  (value === undefined ? {} : {[key]: value}) as {readonly [K in Key]?: Value};

export const createRequest = (message: NewSession | undefined): CreateRequest => ({
  ...given('name', message?.name),
  agent: message?.agent ?? '',
  args: message?.args ?? [],
  ...given('provider', message?.provider),
  repo: message?.repo ?? '',
  ...given('workspace', message && workspaceWords.word(message.workspace, undefined)),
  ...given('base', message?.base),
  withChanges: message?.withChanges ?? false,
  big: message?.big ?? false,
  setup: message?.setup ?? [],
  ...given('image', message?.image),
  env: message?.env ?? {},
  here: message?.here ?? {},
  ...given('mode', message && modeWords.word(message.mode, undefined)),
  ...given('prompt', message?.prompt),
  limits: limitsOf(message?.limits),
  ...given('network', message && networkWords.word(message.network, undefined)),
  allow: message?.allow ?? [],
  ...given('profile', message && profileWords.word(message.profile, undefined)),
  loosen: (message?.loosen ?? []).flatMap(one => looseningWords.word(one, [])),
  ...given('credentials', message && credentialsWords.word(message.credentials, undefined)),
  ...given('home', message?.home),
  ...given('runtime', message?.runtime),
  size: sizeOf(message?.size),
});

export const statsMessage = ({
  memoryBytes,
  memoryLimit,
  diskBytes,
  diskLimit,
  ...rest
}: SessionStats): Init<typeof SessionStatsSchema> => ({
  ...rest,
  ...(diskBytes === null ? {} : {diskBytes: BigInt(Math.round(diskBytes))}),
  ...(diskLimit === null ? {} : {diskLimitBytes: BigInt(Math.round(diskLimit))}),
  memoryBytes: BigInt(Math.round(memoryBytes)),
  memoryLimitBytes: BigInt(Math.round(memoryLimit)),
});

export const sessionStats = (message: StatsMessage): SessionStats => ({
  id: message.id,
  name: message.name,
  cpuPercent: message.cpuPercent,
  memoryBytes: Number(message.memoryBytes),
  memoryLimit: Number(message.memoryLimitBytes),
  pids: message.pids,
  pidsLimit: message.pidsLimit,
  diskBytes: message.diskBytes === undefined ? null : Number(message.diskBytes),
  diskLimit: message.diskLimitBytes === undefined ? null : Number(message.diskLimitBytes),
});

export const auditMessage = ({id, at, pid, ...rest}: AuditRow): Init<typeof AuditRowSchema> => ({
  ...rest,
  id: BigInt(id),
  time: timestampFromMs(at),
  pid: BigInt(pid),
});

export const auditRow = (message: AuditRowMessage): AuditRow => ({
  id: Number(message.id),
  at: momentOf(message.time),
  session: message.session,
  name: message.name,
  action: message.action,
  detail: message.detail,
  result: message.result,
  pid: Number(message.pid),
  by: message.by,
});

export const imageMessage = (image: ImageInfo, provider: string): Init<typeof ImageSchema> => ({
  reference: image.reference,
  id: image.id,
  sizeBytes: BigInt(image.sizeBytes),
  createTime: timestampFromMs(image.createdAt),
  provider,
});

export const imageInfo = (message: Image): ImageInfo & {readonly provider: string} => ({
  reference: message.reference,
  id: message.id,
  sizeBytes: Number(message.sizeBytes),
  createdAt: momentOf(message.createTime),
  provider: message.provider,
});

export const endMessage = (end: AttachmentEnd): Init<typeof AttachResponse_EndSchema> => {
  if (end.reason === 'detached') return {reason: Reason.DETACHED};
  if (end.reason === 'lost') return {reason: Reason.LOST, detail: end.detail};
  return {reason: Reason.EXITED, ...(end.exitCode === null ? {} : {exitCode: end.exitCode})};
};

export const attachmentEnd = (message: AttachResponse_End): AttachmentEnd => {
  if (message.reason === Reason.EXITED) return {reason: 'exited', exitCode: message.exitCode ?? null};
  if (message.reason === Reason.DETACHED) return {reason: 'detached'};
  return {reason: 'lost', detail: message.detail};
};
