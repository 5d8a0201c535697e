import {agentProgram} from './agents/agent-program.ts';
import type {Host, Program} from './program.ts';

const status = (host: Host, state: string, kind = '', message = '') => {
  const msg = message ? `;msg=${Buffer.from(message).toString('base64')}` : '';
  host.print(`\x1b]7501;state=${state}${kind ? `;kind=${kind}` : ''}${msg}\x07`);
};
const dim = (text: string) => `\x1b[2m${text}\x1b[22m`;
const green = (text: string) => `\x1b[32m${text}\x1b[39m`;

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

/** Rests for ever, and costs nothing meanwhile. */
const rests: Program = host => {
  host.print('All links checked.\r\n\r\n> ');
  status(host, 'done');
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

const programs: Readonly<Record<string, Program>> = {rests, floods, shell};

/** The scripted programs by name, a line for a shell by itself; every other command line gets the toy shell. */
export const devProgram = (argv: readonly string[]): Program => {
  const [name = '', flag, line = ''] = argv;
  if (Object.hasOwn(programs, name)) return programs[name]!;
  const agent = agentProgram(argv);
  if (agent) return agent;
  // A line that goes over into another program is how a shell to talk with is begun.
  return flag === '-c' && !/\bexec\b/.test(line) ? oneLine(line) : shell;
};
