import {Code, ConnectError} from '@connectrpc/connect';
import {AppError, type ErrorCode, errorCodes} from '../errors.ts';
import {ErrorDetailSchema} from './gen/trails/v1/error_pb.js';

/** What a client that knows nothing of Trails makes of an error. */
const wireCodes: Readonly<Record<ErrorCode, Code>> = {
  USAGE: Code.InvalidArgument,
  NAME_INVALID: Code.InvalidArgument,
  NAME_TAKEN: Code.AlreadyExists,
  SESSION_UNKNOWN: Code.NotFound,
  SESSION_AMBIGUOUS: Code.InvalidArgument,
  AGENT_UNKNOWN: Code.InvalidArgument,
  AGENT_MISSING: Code.FailedPrecondition,
  MODE_UNKNOWN: Code.InvalidArgument,
  PROMPT_INVALID: Code.InvalidArgument,
  PROMPT_UNKNOWN: Code.NotFound,
  CAPTURE_UNUSABLE: Code.NotFound,
  PROVIDER_UNKNOWN: Code.InvalidArgument,
  IMAGE_MISSING: Code.NotFound,
  REPO_UNUSABLE: Code.NotFound,
  WORKSPACE_LOCKED: Code.FailedPrecondition,
  WORKSPACE_UNREADABLE: Code.FailedPrecondition,
  WORKSPACE_CHANGED: Code.Aborted,
  APPLY_CONFLICT: Code.FailedPrecondition,
  APPLY_FAILED: Code.FailedPrecondition,
  SETUP_FAILED: Code.FailedPrecondition,
  RECOVERY_UNKNOWN: Code.NotFound,
  GIT_MISSING: Code.FailedPrecondition,
  TOO_BIG: Code.FailedPrecondition,
  HOST_INVALID: Code.InvalidArgument,
  HOST_BLOCKED: Code.PermissionDenied,
  RULE_UNKNOWN: Code.NotFound,
  LIMIT_INVALID: Code.InvalidArgument,
  PHASE_FORBIDS: Code.FailedPrecondition,
  ENGINE_UNREACHABLE: Code.Unavailable,
  ENGINE_REFUSED: Code.FailedPrecondition,
  CANNOT_CREATE: Code.FailedPrecondition,
  CANCELLED: Code.Canceled,
  UNSUPPORTED: Code.Unimplemented,
  NOT_A_TERMINAL: Code.InvalidArgument,
  NOT_ALLOWED: Code.PermissionDenied,
  STATE_UNUSABLE: Code.ResourceExhausted,
  CONFIG_INVALID: Code.FailedPrecondition,
  KEPT_UNKNOWN: Code.NotFound,
  PROJECT_MISSING: Code.NotFound,
  PROJECT_CHANGED: Code.Aborted,
  TIMEOUT: Code.DeadlineExceeded,
  DAEMON_UNREACHABLE: Code.Unavailable,
  DAEMON_LOST: Code.Unavailable,
  DAEMON_VERSION: Code.FailedPrecondition,
};

/** An error as it goes over the wire: code, hint and exit code for a person's mistakes, the stack for our bugs. */
export function wireError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof AppError) {
    const {code, message, hint, exitCode} = error;
    return new ConnectError(message, wireCodes[code], undefined, [
      {desc: ErrorDetailSchema, value: {code, hint, exitCode}},
    ]);
  }
  const {message, stack = ''} = error instanceof Error ? error : new Error(String(error));
  return new ConnectError(message, Code.Internal, undefined, [{desc: ErrorDetailSchema, value: {exitCode: 70, stack}}]);
}

const isOurs = (code: string): code is ErrorCode => (errorCodes as readonly string[]).includes(code);

/**
 * What the other side threw, as it threw it there. Undefined when the error is not of its making: the connection broke, or could not be had.
 */
export function thrownThere(error: unknown): Error | undefined {
  if (!(error instanceof ConnectError)) return error instanceof Error ? error : new Error(String(error));
  const [detail] = error.findDetails(ErrorDetailSchema);
  if (detail) {
    if (isOurs(detail.code)) return new AppError(detail.code, error.rawMessage, {hint: detail.hint, cause: error});
    const bug = new Error(error.rawMessage, {cause: error});
    if (detail.stack) bug.stack = `${detail.stack}\n    in the daemon`;
    return bug;
  }
  if (error.code === Code.Unimplemented)
    return new AppError('DAEMON_VERSION', `The daemon does not know this yet: ${error.rawMessage}`, {cause: error});
  // A request that could not even be written.
  if (error.rawMessage.startsWith('serialize ')) return error;
  if (error.code === Code.InvalidArgument || error.code === Code.ResourceExhausted) return error;
  // An answer has headers: the daemon is there, and could not write what it had to say.
  if (error.code === Code.Internal && [...error.metadata.keys()].length > 0) return error;
  return undefined;
}
