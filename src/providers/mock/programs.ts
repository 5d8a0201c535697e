import type {Host, Program} from './program.ts';

const status = (host: Host, state: string, kind = '', message = '') => {
  const msg = message ? `;msg=${Buffer.from(message).toString('base64')}` : '';
  host.print(`\x1b]7501;state=${state}${kind ? `;kind=${kind}` : ''}${msg}\x07`);
};
const dim = (text: string) => `\x1b[2m${text}\x1b[22m`;
const cyan = (text: string) => `\x1b[36m${text}\x1b[39m`;
const green = (text: string) => `\x1b[32m${text}\x1b[39m`;
const red = (text: string) => `\x1b[31m${text}\x1b[39m`;

/** Runs steps one after the other, `ms` apart. */
const script = (
  host: Host,
  steps: readonly (readonly [ms: number, step: () => void])[],
  then: () => void = () => {},
) => {
  const [first, ...rest] = steps;
  if (!first) return then();
  host.after(first[0], () => {
    first[1]();
    script(host, rest, then);
  });
};

/** Collects typed text with echo and hands on each line. */
const readLines = (host: Host, onLine: (line: string) => void) => {
  let line = '';
  host.onInput(bytes => {
    for (const char of Buffer.from(bytes).toString()) {
      if (char === '\r' || char === '\n') {
        host.print('\r\n');
        const whole = line;
        line = '';
        onLine(whole);
      } else if (char === '\x7f') {
        if (line) host.print('\b \b');
        line = line.slice(0, -1);
      } else if (char === '\x03') {
        line = '';
        host.print('^C\r\n');
        onLine('');
      } else if (char >= ' ') {
        line += char;
        host.print(char);
      }
    }
  });
};

const banner = (host: Host, name: string) => {
  host.print(`\x1b]0;${name}\x07\x1b[1m✻ ${name}\x1b[22m ${dim('· a scripted agent of the mock provider')}\r\n\r\n`);
};

const files = [
  'src/session/token.ts',
  'src/session/store.ts',
  'test/session.test.ts',
  'src/http/router.ts',
  'docs/api.md',
];

/** Thinks, edits, runs tests, rests, and begins again. */
const busy: Program = host => {
  banner(host, 'refactor agent');
  let round = 0;
  const again = () => {
    round += 1;
    const file = files[round % files.length];
    status(host, 'working');
    script(
      host,
      [
        [600, () => host.print(`${cyan('●')} Reading ${file}\r\n`)],
        [
          900,
          () =>
            host.print(
              `${cyan('●')} Edit ${file}\r\n  ${green('+  const expires = now + ttl;')}\r\n  ${red('-  const expires = ttl;')}\r\n`,
            ),
        ],
        [1200, () => host.print(`${cyan('●')} npm test ${dim('…')}\r\n`)],
        [1600, () => host.print(`  ${green('✓')} ${40 + round} passed\r\n\r\n`)],
      ],
      again,
    );
  };
  again();
};

/** Works a little, then asks for permission until it is answered. */
const asks: Program = host => {
  banner(host, 'migration agent');
  const ask = () => {
    host.print(
      `\r\n${cyan('●')} Bash(psql -f migrations/0042_sessions.sql)\r\n\r\n  Do you want to proceed?\r\n  ${cyan('❯ 1. Yes')}\r\n    2. No\r\n\r\n`,
    );
    status(host, 'blocked', 'permission', 'psql -f migrations/0042_sessions.sql');
  };
  let waiting = false;
  host.onInput(bytes => {
    if (!waiting || !/[\r\n12yn]/.test(Buffer.from(bytes).toString())) return;
    waiting = false;
    host.print(`${green('✓')} granted\r\n`);
    status(host, 'working');
    work();
  });
  const work = () => {
    script(
      host,
      [
        [1500, () => host.print(`${cyan('●')} Reading migrations/0041_users.sql\r\n`)],
        [2500, () => host.print(`${cyan('●')} Writing migrations/0042_sessions.sql\r\n`)],
      ],
      () => {
        waiting = true;
        ask();
      },
    );
  };
  waiting = true;
  ask();
};

const fails: Program = host => {
  banner(host, 'deploy agent');
  script(host, [
    [300, () => status(host, 'working')],
    [900, () => host.print(`${cyan('●')} Calling the model\r\n`)],
    [
      900,
      () => {
        host.print(`${red('✕ API Error: 529 overloaded, gave up after 10 attempts')}\r\n\r\n> `);
        status(host, 'error', '', 'API Error: 529 overloaded');
      },
    ],
  ]);
};

const rests: Program = host => {
  banner(host, 'docs agent');
  host.print(`${cyan('●')} Rewrote docs/api.md, all links checked.\r\n\r\n${dim('✻ Baked for 48s')}\r\n\r\n> `);
  status(host, 'done');
  readLines(host, line => {
    if (!line) return host.print('> ');
    status(host, 'working');
    script(host, [[1500, () => host.print(`${cyan('●')} Done: ${line}\r\n\r\n> `)]], () => status(host, 'done'));
  });
};

/** Prints without a pause. */
const floods: Program = host => {
  let line = 0;
  const more = () => {
    let text = '';
    for (let index = 0; index < 40; index++)
      text += `${dim(String(++line).padStart(8))}  ${green('GET')} /api/v1/things/${(line * 7919) % 100_000} 200\r\n`;
    host.print(text);
    host.after(40, more);
  };
  more();
};

const ends: Program = host => {
  banner(host, 'release agent');
  script(host, [[400, () => host.print(`${green('✓')} v1.4.0 tagged\r\n`)]], () => host.exit(0));
};

const help = 'commands here: help, work, ask, fail, flood, size, env, exit [CODE]';

const shellCommands: Readonly<Record<string, (host: Host, args: readonly string[]) => void>> = {
  help: host => host.print(`${help}\r\n`),
  size: host => host.print(`${host.size.columns}x${host.size.rows}\r\n`),
  env: host =>
    host.print(
      Object.entries(host.env)
        .map(([key, value]) => `${key}=${value}\r\n`)
        .join(''),
    ),
  work: host => status(host, 'working'),
  ask: host => status(host, 'blocked', 'question', 'Which of the two?'),
  fail: host => status(host, 'error', '', 'it failed because you asked for it'),
  flood: host => {
    for (let index = 0; index < 2000; index++) host.print(`line ${index} of a flood\r\n`);
  },
  exit: (host, [code]) => host.exit(Number(code ?? 0)),
};

/** A toy shell. */
const shell: Program = host => {
  host.print(`${dim(`a toy shell of the mock provider; ${help}`)}\r\n$ `);
  host.onTerm(() => host.exit(143));
  readLines(host, line => {
    const [name = '', ...args] = line.trim().split(/\s+/);
    const command = Object.hasOwn(shellCommands, name) ? shellCommands[name] : undefined;
    if (command) command(host, args);
    else if (name) host.print(`${name}: not found\r\n`);
    host.print('$ ');
  });
};

/** What a shell was given with -c: a command of the toy, or one that ends well after a while. */
const oneLine =
  (line: string): Program =>
  host => {
    const [name = '', ...args] = line.trim().split(/\s+/);
    host.print(`${dim(`$ ${line}`)}\r\n`);
    if (Object.hasOwn(shellCommands, name)) shellCommands[name]?.(host, args);
    host.after(800, () => host.exit(0));
  };

const programs: Readonly<Record<string, Program>> = {busy, asks, fails, rests, floods, ends, shell};

/** The scripted agents of `--dev` by name, a line for a shell by itself; every other command line gets the toy shell. */
export const devProgram = ([name = '', flag, line = '']: readonly string[]): Program => {
  if (Object.hasOwn(programs, name)) return programs[name]!;
  // A line that goes over into another program is how a shell to talk with is begun.
  return flag === '-c' && !/\bexec\b/.test(line) ? oneLine(line) : shell;
};
