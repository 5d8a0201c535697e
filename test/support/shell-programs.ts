import type {Command} from '../../src/providers/provider.ts';
import type {Programs} from '../contracts/fixture.ts';

const sh = (script: string, ...args: string[]): Command => ({argv: ['/bin/sh', '-c', script, 'sh', ...args]});
const untilTerm = 'trap "exit 143" TERM; while :; do sleep 1 & wait $!; done';
const tellSize = 'tell() { set -- $(stty size); echo "size=$2x$1"; }; trap tell WINCH; tell';

/** The contract's programs for any image with a POSIX shell. */
export const shellPrograms: Programs = {
  print: text => sh('printf %s "$1"', text),
  idle: text => sh(`printf %s "$1"; ${untilTerm}`, text),
  echo: () => sh('stty raw -echo; echo ready; exec cat'),
  flood: bytes => sh('head -c "$1" /dev/zero | tr "\\0" x', String(bytes)),
  exitWith: code => sh('exit "$1"', String(code)),
  printSize: () => sh(`${tellSize}; ${untilTerm}`),
  ignoreTerm: () => sh('trap "" TERM HUP; echo ready; while :; do sleep 1; done'),
  splitUtf8: () => sh('printf "<\\303"; sleep 0.2; printf "\\251>"; sleep 0.1'),
  showVariable: name => sh(`printf "%s=[%s]\\n" "$1" "$(printenv "$1")"; ${untilTerm}`, name),
  bothStreams: (out, err, code) => [
    '/bin/sh',
    '-c',
    'echo "$1"; echo "$2" >&2; exit "$3"',
    'sh',
    out,
    err,
    String(code),
  ],
  readInput: () => ['/bin/cat'],
  execPrintSize: () => ['/bin/sh', '-c', `${tellSize}; ${untilTerm}`],
  execForever: () => ['/bin/sh', '-c', 'echo ready; exec sleep 1000'],
  readFile: file => ['/bin/cat', file],
  writeFile: (file, text) => ['/bin/sh', '-c', 'printf %s "$2" >"$1"', 'sh', file, text],
};
