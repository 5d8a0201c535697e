import {startRelay} from '../../sandbox/relay/relay.ts';
import {runPlace, temporaryPlace} from './places.ts';

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** At most a second, and not at all without stty. */
const awaitSizeLines = `i=0
while [ "$i" -lt 100 ] && [ "$(stty size 2>/dev/null)" = "0 0" ]; do i=$((i + 1)); sleep 0.01; done
`;

/** What the run before left behind goes. Here, where a link leads no further than the sandbox, and only if there is anything. */
const emptyTemporary = `for left in ${temporaryPlace}/* ${temporaryPlace}/.[!.]* ${temporaryPlace}/..?*; do
  [ -e "$left" ] || [ -L "$left" ] && rm -rf -- "$left" 2>/dev/null
done
unset left
`;

/** Variables as lines of a shell script. */
export const exportLines = (env: Readonly<Record<string, string>>): string =>
  Object.entries(env)
    // A name that a shell cannot export would end the script.
    .filter(([key]) => /^[A-Za-z_]\w*$/.test(key))
    .map(([key, value]) => `export ${key}=${quoted(value)}\n`)
    .join('');

/** Takes in what was handed over, and away before the command begins; in a start without it, nothing. */
const secretLines = (file: string): string => `if [ -r ${quoted(file)} ]; then
  . ${quoted(file)}
  rm -f ${quoted(file)}
fi
`;

export interface ScriptOptions {
  /** For an engine that can set the size only after the start. */
  readonly awaitSize?: boolean;
  /** A file with further variables, which goes when they are read. */
  readonly secrets?: string | undefined;
}

/** The script that is the environment's main process. */
export function agentScript(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  {awaitSize = false, secrets}: ScriptOptions = {},
): string {
  const lines = [
    '#!/bin/sh\n',
    awaitSize ? awaitSizeLines : '',
    emptyTemporary,
    // Before there is anything to be inherited.
    startRelay(runPlace),
    exportLines(env),
    secrets === undefined ? '' : secretLines(secrets),
    `exec ${argv.map(quoted).join(' ')}\n`,
  ];
  return lines.join('');
}
