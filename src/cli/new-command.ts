import path from 'node:path';
import {Option} from '@commander-js/extra-typings';
import {AppError} from '../errors.ts';
import {parseCpus, parseMemory, parsePids} from '../lib/limits.ts';
import {
  type CreateRequest,
  type Credentials,
  credentialWays,
  type Loosening,
  loosenings,
  type Mode,
  modes,
  type Network,
  networks,
  type Profile,
  profiles,
  type SessionsPort,
  type SessionView,
} from '../sessions/port.ts';
import {confirm} from './ask.ts';
import {attachTo} from './attach-commands.ts';
import {cleanLine} from './clean.ts';
import {collect} from './collect.ts';
import {type Context, needTerminal, terminalSize, withPort} from './context.ts';
import {environment} from './environment.ts';
import type {Group} from './group.ts';
import {noteProject} from './project-text.ts';
import {promptGiven} from './prompt-given.ts';
import {sessionJson} from './session-json.ts';
import {tellQueued, untilStarted} from './until-started.ts';

interface NewOptions {
  readonly agent?: string;
  readonly repo: string;
  readonly workspace?: 'clone' | 'copy' | 'bind';
  readonly base?: string;
  readonly withChanges?: boolean;
  readonly big?: boolean;
  readonly setup?: readonly string[];
  readonly image?: string;
  readonly mode?: Mode;
  readonly prompt?: string;
  readonly env?: readonly string[];
  readonly memory?: number;
  readonly cpus?: number;
  readonly pids?: number;
  readonly disk?: number;
  readonly network?: Network;
  readonly allow?: readonly string[];
  readonly profile?: Profile;
  readonly loosen?: readonly Loosening[];
  readonly credentials?: Credentials;
  readonly home?: string;
  readonly runtime?: string;
}

type Given<T> = {-readonly [K in keyof T]?: Exclude<T[K], undefined>};

/** Only the fields that were given. */
const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;

function requestFrom(context: Context, name: string | undefined, options: NewOptions): CreateRequest {
  const {workspace, base, withChanges, big, setup, image, mode, prompt, network, runtime} = options;
  const {allow, profile, loosen, credentials, home} = options;
  const {memory: memoryBytes, disk: diskBytes, cpus, pids} = options;
  const {provider} = context.globals;
  return {
    ...given({name, provider, workspace, base, withChanges, big, setup, image, mode, prompt, network, runtime}),
    ...given({allow, profile, loosen, credentials, home}),
    agent: options.agent ?? '',
    args: context.rest ?? [],
    repo: path.resolve(context.cwd(), options.repo),
    env: environment(options.env ?? [], context.env),
    limits: given({memoryBytes, cpus, pids, diskBytes}),
    size: terminalSize(context),
  };
}

/** One more of them. Throws USAGE. */
function loosening(text: string, before: readonly Loosening[] = []): readonly Loosening[] {
  const found = loosenings.find(one => one === text);
  if (!found)
    throw new AppError(
      'USAGE',
      `"${cleanLine(text).slice(0, 40)}" cannot be loosened; known: ${loosenings.join(', ')}`,
    );
  return [...before, found];
}

const barCells = 20;
const bar = (fraction: number): string => {
  const done = Math.round(fraction * barCells);
  return ` [${'='.repeat(done)}${' '.repeat(barCells - done)}]`;
};

async function create(
  context: Context,
  port: SessionsPort,
  request: CreateRequest,
  signal: AbortSignal,
): Promise<SessionView> {
  const {print, stdin, stderr} = context;
  try {
    return await port.create(
      request,
      ({step, index, total, fraction}) => {
        // Where each line stays, a bar would be many of them.
        if (fraction === undefined || stderr.isTTY)
          print.progress(`${index}/${total}${fraction === undefined ? '' : bar(fraction)} ${step}`);
      },
      signal,
    );
  } catch (error) {
    print.progress('');
    if (!(error instanceof AppError) || error.code !== 'TOO_BIG' || request.big || !stdin.isTTY) throw error;
    print.note(`${cleanLine(error.message)}.`);
    if (!(await confirm(context, 'Copy all of it?'))) throw error;
    return create(context, port, {...request, big: true}, signal);
  } finally {
    print.progress('');
  }
}

async function announce(
  {print}: Context,
  session: SessionView,
  options: {readonly json: boolean; readonly hint: boolean},
) {
  const name = cleanLine(session.name);
  if (options.json) return print.json(sessionJson(session));
  await print.line(name);
  const {mode, source} = session.workspace;
  const where = mode === 'bind' ? `directly in ${cleanLine(source)}` : `in a ${mode} of ${cleanLine(source)}`;
  if (session.queued !== null) return;
  if (options.hint) print.note(`${name} runs ${where}. Enter it: trails attach ${name}`);
}

export const addNew: Group = (program, context) => {
  program
    .command('new')
    .description('start a session: an agent in its own container')
    .usage('[options] [name] [-- agent-args...]')
    .argument('[name]', 'lower-case letters, digits and dashes; suggested when left out')
    .option('-a, --agent <name>', 'the agent; `shell` runs the words behind -- or a shell')
    .option('-r, --repo <dir>', 'the directory it works on', '.')
    .addOption(
      new Option(
        '--workspace <mode>',
        'how it gets the files; a git repository is cloned, another directory copied',
      ).choices(['clone', 'copy', 'bind'] as const),
    )
    .option('--base <ref>', 'of a clone: the commit it begins at, instead of what is checked out')
    .option('--with-changes', 'of a clone: what you have not committed comes along')
    .option('--big', 'of a copy: do not ask, however much it is')
    .option('--setup <cmd>', 'a shell command that runs in it before the agent (repeatable)', collect)
    .option('--prompt <text>', 'what it is told first; - reads it from stdin')
    .option('--image <ref>', '`host` for the tools of this machine, or an image of the engine')
    .addOption(
      new Option('--mode <mode>', 'what the agent does without asking: nothing, edits of files, or everything').choices(
        modes,
      ),
    )
    .option('-e, --env <name[=value]>', 'a variable; without a value, the one it has here (repeatable)', collect)
    .option('--memory <amount>', 'such as 512m or 2g', parseMemory)
    .option('--cpus <number>', 'such as 2 or 1.5', parseCpus)
    .option('--pids <number>', 'the most processes', parsePids)
    .option(
      '--disk <amount>',
      'the most that its workspace, its home and its other files hold, such as 10g',
      parseMemory,
    )
    .addOption(new Option('--network <mode>', 'what it can reach').choices(networks))
    .option('--allow <host>', 'a host it may reach, `.suffix` or a group such as npm (repeatable)', collect)
    .addOption(new Option('--profile <profile>', 'how hard its sandbox is').choices(profiles))
    .addOption(
      new Option('--loosen <what>', 'what of the sandbox is loosened (repeatable)')
        .choices(loosenings)
        .argParser(loosening),
    )
    .addOption(
      new Option('--credentials <way>', 'its keys are handed to it, or added outside of it').choices(credentialWays),
    )
    .option('--home <name>', 'a kept home of this agent, which survives the session')
    .option('--runtime <name>', '`auto`, or an OCI runtime: crun, runc, runsc, kata')
    .option('--attach', 'enter it once it runs')
    .option('--json', 'print the session as JSON once its agent runs')
    .action(async (name, {attach = false, json = false, ...options}) => {
      if (attach) needTerminal(context, 'trails new --attach');
      const {prompt} = options;
      const asked = prompt === undefined ? options : {...options, prompt: await promptGiven(context, prompt)};
      const request = requestFrom(context, name, asked);
      const {keys} = await context.config.load();
      await withPort(
        context,
        async (port, signal) => {
          noteProject(context, (await port.resolve(request)).project);
          const session = await create(context, port, request, signal);
          await announce(context, session, {json, hint: !attach});
          if (!attach) return tellQueued(context, session);
          await untilStarted(context, port, session, signal);
          await attachTo(context, port, session.id, keys.detach);
        },
        {cleansUp: true},
      );
    });
};
