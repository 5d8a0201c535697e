const catalogue = {
  USAGE: {exit: 64, hint: 'Run `trails help`.'},
  NAME_INVALID: {
    exit: 64,
    hint: 'Use lower-case letters, digits and dashes, at most 40, starting with a letter or digit.',
  },
  NAME_TAKEN: {exit: 73, hint: 'Choose another name, or remove that session with `trails rm`.'},
  SESSION_UNKNOWN: {exit: 66, hint: 'Run `trails ls` for the names in use.'},
  SESSION_AMBIGUOUS: {exit: 64, hint: 'Write more of the name or id.'},
  AGENT_UNKNOWN: {exit: 64, hint: 'Run `trails agents` for the known ones, or give a command: `--agent shell -- CMD`.'},
  PROVIDER_UNKNOWN: {exit: 64, hint: 'Known providers: podman, docker, dagger, mock.'},
  IMAGE_MISSING: {exit: 66, hint: 'Run `trails images ls`; `--image host` uses the tools of this machine.'},
  REPO_UNUSABLE: {exit: 66, hint: 'Give a directory that exists and that you can read and write: `--repo DIR`.'},
  WORKSPACE_LOCKED: {exit: 75, hint: 'Stop or remove the session that holds it, or choose another directory.'},
  TOO_BIG: {exit: 73, hint: '`--big` copies it all the same; .trailsignore leaves files out.'},
  WORKSPACE_UNREADABLE: {exit: 69, hint: 'Look into it with `trails shell NAME`.'},
  WORKSPACE_CHANGED: {exit: 75, hint: 'Look at it again, then apply it.'},
  APPLY_CONFLICT: {
    exit: 75,
    hint: 'Nothing was changed. `--branch NAME` brings it to a branch of its own, to be merged by hand.',
  },
  APPLY_FAILED: {exit: 73, hint: 'Nothing was changed.'},
  SETUP_FAILED: {exit: 73, hint: 'See `trails logs NAME`; `trails start NAME` tries that step again.'},
  RECOVERY_UNKNOWN: {exit: 66, hint: 'Run `trails restore` for those there are.'},
  GIT_MISSING: {exit: 69, hint: 'Install git, 2.38 or newer.'},
  AGENT_MISSING: {exit: 69, hint: 'Run `trails agents`: it tells how to get each one.'},
  MODE_UNKNOWN: {exit: 64, hint: 'Run `trails agents` for what each agent can.'},
  PROMPT_INVALID: {exit: 64, hint: 'A prompt is text, at most 1 MB; `-` reads it from stdin.'},
  PROMPT_UNKNOWN: {exit: 66, hint: 'Run `trails send NAME --list` for those that wait.'},
  CAPTURE_UNUSABLE: {
    exit: 66,
    hint: 'Give a file you can read: a screen as `trails screen NAME --ansi` prints it, or raw terminal output.',
  },
  HOST_INVALID: {
    exit: 64,
    hint: 'A host is a name such as api.example.com, `.example.com` for all of it, or a group: npm, pypi, github.',
  },
  HOST_BLOCKED: {exit: 77, hint: '`trails network NAME` shows the rules; `--forget HOST` takes one back.'},
  RULE_UNKNOWN: {exit: 66, hint: 'Run `trails network NAME` for the rules there are.'},
  LIMIT_INVALID: {exit: 64, hint: 'Examples: `--memory 2g --cpus 2 --pids 512`.'},
  PHASE_FORBIDS: {exit: 75, hint: 'Run `trails show NAME` for its phase.'},
  ENGINE_UNREACHABLE: {exit: 69, hint: 'Run `trails doctor` to see what is missing, `trails setup` to install it.'},
  ENGINE_REFUSED: {exit: 73, hint: 'Run `trails doctor`.'},
  DAEMON_UNREACHABLE: {exit: 69, hint: 'Run `trails daemon status`; its log is daemon.log in the state directory.'},
  DAEMON_VERSION: {
    exit: 69,
    hint: 'Use the same version of Trails everywhere; `trails daemon stop` ends the running one.',
  },
  DAEMON_LOST: {exit: 75, hint: 'It is started again by itself: see `trails ls`, then try again.'},
  CANNOT_CREATE: {exit: 73, hint: 'Run `trails doctor`.'},
  CANCELLED: {exit: 75, hint: 'Nothing is left over; try again when you like.'},
  UNSUPPORTED: {exit: 69, hint: 'Another provider may support it: `trails doctor`.'},
  NOT_A_TERMINAL: {
    exit: 64,
    hint: 'Run it in a terminal; scripts use `trails ls --json`, `trails new --json`, `trails exec`.',
  },
  NOT_ALLOWED: {exit: 77, hint: 'Check the owner and the permissions of the path.'},
  STATE_UNUSABLE: {exit: 73, hint: 'Check that the state directory exists, is yours and has space.'},
  CONFIG_INVALID: {exit: 78, hint: 'Run `trails config edit`.'},
  KEPT_UNKNOWN: {exit: 66, hint: 'Run `trails cache ls` for what is kept.'},
  PROJECT_MISSING: {exit: 66, hint: '`trails config schema --project` tells what may stand in one.'},
  PROJECT_CHANGED: {exit: 75, hint: 'Run `trails trust` again: it shows what the file says now.'},
  TIMEOUT: {exit: 124, hint: 'Give more time with `--timeout`.'},
} as const;

export type ErrorCode = keyof typeof catalogue;

export const errorCodes = Object.keys(catalogue) as readonly ErrorCode[];

/** An error a person is meant to read: what happened to which thing, and what to do next. Bugs stay plain Errors and keep their stack. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, options: {hint?: string; cause?: unknown} = {}) {
    super(message, {cause: options.cause});
    this.code = code;
    this.hint = options.hint ?? catalogue[code].hint;
  }

  /** The sysexits code a command ends with. */
  get exitCode(): number {
    return catalogue[this.code].exit;
  }
}
