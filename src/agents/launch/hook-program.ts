/** Where it is inside, read-only; beside the command that runs. */
export const hookFile = '/run/trails/hook';
/** A directory that the agent's side writes and we read. */
export const exchangePlace = '/run/trails-exchange';

/**
 * What an agent's hooks run: one line into the exchange for each event. What it is about is looked for in the payload on stdin; prompts,
 * commands and answers stay there. An agent waits for its hooks and reads what they print: it is silent, quick, and always ends well.
 */
export const hookProgram = `#!/bin/sh
# trails: tells of one event of an agent. hook EVENT < payload
export LC_ALL=C
log=\${TRAILS_HOOK_LOG:-${exchangePlace}/hooks.jsonl}
payload=
# A terminal is a person's: what is typed is not for us.
if [ ! -t 0 ]; then
  payload=$(head -c 65536)
  cat >/dev/null
fi

# The first value of a key, if it is a plain word.
word() {
  printf '%s\\n' "$payload" | sed -n 's/"'"$1"'"[[:space:]]*:[[:space:]]*"\\([A-Za-z0-9_.:-]\\{1,100\\}\\)".*/\\
\\1/;t found
d
:found
s/.*\\n//p
q'
}
tool=$(word 'tool_\\{0,1\\}[nN]ame')
kind=$(word 'notification_type')
session=$(word 'session_\\{0,1\\}[iI][dD]')
event=$(printf '%s' "$1" | sed 's/[^A-Za-z0-9_.:-]//g;s/^\\(.\\{100\\}\\).*/\\1/')

if [ ! -e "$log" ] || [ -f "$log" ]; then
  { printf '{"event":"%s","tool":"%s","kind":"%s","session":"%s"}\\n' "$event" "$tool" "$kind" "$session" >>"$log"; } 2>/dev/null
fi
exit 0
`;

/** The command of one event, as it stands in an agent's settings. */
export const hookCommand = (event: string): string => `${hookFile} ${event}`;
