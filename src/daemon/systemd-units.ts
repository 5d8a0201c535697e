type Env = Readonly<Record<string, string | undefined>>;

/** What the daemon reads from its environment, or its programs do. */
const wanted = ['PATH', 'XDG_STATE_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'DOCKER_HOST', 'TRAILS_LOG'];

/** The variables of `systemctl --user show-environment`. Values it had to quote are not among those we compare. */
export function managerVariables(shown: string): Env {
  const lines = shown.split('\n').map(line => [line, line.indexOf('=')] as const);
  return Object.fromEntries(
    lines.filter(([, at]) => at > 0).map(([line, at]) => [line.slice(0, at), line.slice(at + 1)]),
  );
}

/** Those the daemon needs and systemd would not give it. */
export const variablesFor = (ours: Env, manager: Env): readonly (readonly [string, string])[] =>
  wanted.flatMap(name => {
    const value = ours[name];
    return value && value !== manager[name] ? [[name, value] as const] : [];
  });

/** As text in a unit: % starts a specifier there. */
const plain = (text: string): string => text.replaceAll('%', '%%');

/** As one word: quoted. */
const word = (text: string): string => `"${plain(text).replace(/[\\"]/g, '\\$&')}"`;

/** As one word of a command line, where $ starts a variable too. */
const argument = (text: string): string => word(text).replaceAll('$', '$$$$');

const note = '# Written by `trails setup`. Changes of yours belong into a drop-in: `systemctl --user edit`.';

export const socketUnit = (socket: string): string => `${note}
[Unit]
Description=Trails: where its dashboard and command line ask for the daemon

[Socket]
ListenStream=${plain(socket)}
SocketMode=0600
DirectoryMode=0700
# Without systemd listening, a client that finds no socket starts the daemon itself.
RemoveOnStop=yes

[Install]
WantedBy=sockets.target
`;

export const serviceUnit = (
  command: readonly string[],
  variables: readonly (readonly [string, string])[],
): string => `${note}
[Unit]
Description=Trails: the daemon that holds the sessions
Requires=trails.socket
After=trails.socket

[Service]
ExecStart=${command.map(argument).join(' ')}
${variables.map(([name, value]) => `Environment=${word(`${name}=${value}`)}\n`).join('')}\
# What runs a container lives on without us: conmon, and the engine's own service.
KillMode=process
OOMPolicy=continue
# Another daemon was first: its socket serves as well.
SuccessExitStatus=75
`;
