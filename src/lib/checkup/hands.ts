import {AppError} from '../../errors.ts';
import {type RunOptions, run} from '../exec.ts';

type OnLine = (line: string) => void;

export const shown = (command: readonly string[]): string =>
  command.map(word => (/^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');

/** The command as the user who may: root already, or sudo, which asks on the terminal. */
export const asRoot = (command: readonly string[], uid: number): readonly string[] =>
  uid === 0 ? command : ['sudo', ...command];

/** Throws CANNOT_CREATE when it fails; what it printed has been told line by line. */
export async function runOrThrow(command: readonly string[], onLine: OnLine, options: RunOptions = {}): Promise<void> {
  const [file = '', ...args] = command;
  const done = await run(file, args, {...options, onLine, env: {DEBIAN_FRONTEND: 'noninteractive', ...options.env}});
  if (done.exitCode === 0) return;
  throw new AppError('CANNOT_CREATE', `\`${shown(command)}\` failed with exit code ${done.exitCode}`, {
    hint: 'Its own output, above, says why. Run it by hand, then `trails setup` again.',
  });
}

/** Beside it first, so that no one ever reads half of it; the file that was there keeps its owner and mode. For `sh -c`, then the file. */
export const wholeFile = `set -e
d="$(dirname "$1")"; mkdir -p "$d"; t="$d/.\${1##*/}.trails-$$"
trap 'rm -f "$t"' EXIT; trap 'exit 130' HUP INT TERM
if [ -e "$1" ]; then cp -p "$1" "$t"; cat > "$t"; else cat > "$t"; chmod 0644 "$t"; fi
sync "$t"; mv "$t" "$1"`;

/** Writes a file of the system's as a whole or not at all. Throws CANNOT_CREATE. */
export const writeSystemFile = (file: string, text: string, uid: number, onLine: OnLine): Promise<void> =>
  runOrThrow(asRoot(['sh', '-c', wholeFile, 'write', file], uid), onLine, {input: text}).catch((cause: unknown) => {
    throw new AppError('CANNOT_CREATE', `${file} could not be written`, {
      cause,
      hint: 'The output above says why. Run `trails setup` as a user who may, or write it by hand.',
    });
  });
