import {closeSync, openSync, readFileSync, readSync, realpathSync, statSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {onPath} from '../../lib/on-path.ts';
import type {Agent} from '../agent.ts';

/** A file or directory of this machine that an agent's program needs, at the place where it is looked for. */
export interface Piece {
  readonly source: string;
  readonly target: string;
}

/** An agent of this machine, for an environment that has nothing but the machine's /usr. */
export interface Installation {
  /** Of its program. */
  readonly program: string;
  readonly pieces: readonly Piece[];
  /** Directories that its PATH begins with: where its interpreter is. */
  readonly path: readonly string[];
}

/** What every environment on the host image has. */
const there = ['/usr', '/bin', '/sbin', '/lib', '/lib64'];

const within = (directory: string, file: string): boolean =>
  file === directory || directory === '/' || file.startsWith(`${directory}/`);
const isThere = (file: string): boolean => there.some(directory => within(directory, file));

function realOf(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

/** What the first line of a script names, argument by argument; empty for what is no script. */
function interpreterLine(file: string): readonly string[] {
  const fd = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(512);
    const text = bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, 0));
    const [, line] = /^#!([^\n]*)/.exec(text) ?? [];
    return line === undefined ? [] : line.trim().split(/[ \t]+/);
  } finally {
    closeSync(fd);
  }
}

/** The directory that holds a package of npm's with all that it needs; undefined for what is in none. */
function packageOf(program: string): string | undefined {
  const names = program.split('/');
  const first = names.indexOf('node_modules');
  if (first === -1) return undefined;
  const above = (count: number) => names.slice(0, count).join('/');
  // pnpm keeps every package in a directory of its own beside the others, with links from one to the next.
  const store = names.indexOf('.pnpm');
  if (store !== -1) return above(store + 1);
  const isGlobal = names[first - 1] === 'lib';
  const scoped = names[first + 1]?.startsWith('@') ?? false;
  // What is installed for all has what it needs below itself; in a project that lies beside it.
  return isGlobal ? above(first + (scoped ? 3 : 2)) : above(first + 1);
}

/** Of a virtual environment of Python's: itself, and the Python that it was made with. */
function pythonPieces(program: string): readonly Piece[] | undefined {
  const environment = path.dirname(path.dirname(program));
  const settings = path.join(environment, 'pyvenv.cfg');
  // A pipe would be waited for.
  if (!statSync(settings, {throwIfNoEntry: false})?.isFile()) return undefined;
  const [, home] = /^home\s*=\s*(.+?)\s*$/m.exec(readFileSync(settings, 'utf8')) ?? [];
  const own: Piece = {source: environment, target: environment};
  const prefix = home === undefined ? undefined : path.dirname(home);
  const real = prefix === undefined ? undefined : realOf(prefix);
  if (prefix === undefined || real === undefined || isThere(real)) return [own];
  // What names a place is a file like any other: without a Python there it is not shown to anybody.
  const found = onPath(path.join(home ?? '', 'python3'));
  if (found === undefined) return [own];
  const python = realOf(found);
  // Where that is a link, its library is where it leads.
  const beyond = python === undefined ? real : path.dirname(path.dirname(python));
  const places = new Map([[prefix, real], [real, real], ...(isThere(beyond) ? [] : ([[beyond, beyond]] as const))]);
  return [own, ...[...places].map(([target, source]) => ({source, target}))];
}

/** The program of a script's first line, as a piece and as what the PATH needs. */
function interpreterPieces(program: string, searched: string | undefined): Pick<Installation, 'pieces' | 'path'> {
  const [named = '', ...args] = interpreterLine(program);
  const nothing = {pieces: [], path: []};
  if (named === '') return nothing;
  const byName = path.basename(named) === 'env';
  const name = args.find(arg => !arg.startsWith('-') && !arg.includes('='));
  const found = onPath((byName ? name : named) ?? '', byName ? searched : '');
  const real = found && realOf(found);
  if (!found || !real) return nothing;
  if (isThere(real)) return byName ? {pieces: [], path: [path.dirname(real)]} : nothing;
  // Under another name it would be another program: it is mounted where it was found.
  const target = byName && path.basename(real) === name ? real : found;
  return {pieces: [{source: real, target}], path: byName ? [path.dirname(target)] : []};
}

/** A directory that carries the agent's name, somewhere above a program, is its own. */
function ownPiece(program: string, {name, command}: Agent, home: string): Piece {
  const directory = path.dirname(program);
  const names = [name, path.basename(command[0])];
  // The user may be called like an agent.
  const below = within(home, directory) ? path.relative(home, directory) : directory;
  const own = below.split('/').some(part => names.includes(part)) && path.basename(directory) !== 'bin';
  const source = own ? directory : program;
  return {source, target: source};
}

/** Pieces without those that others hold already. */
const needed = (pieces: readonly Piece[]): readonly Piece[] =>
  pieces.filter(
    ({source, target}, index) =>
      !pieces.some(
        (other, at) =>
          at !== index &&
          within(other.target, target) &&
          within(other.source, source) &&
          (other.target !== target || at < index),
      ),
  );

/** Where people have their keys. */
const keys = ['.ssh', '.gnupg', '.aws', '.azure', '.kube', '.docker', '.password-store'];

/** Throws NOT_ALLOWED for a piece that would show the agent a person's whole home, their keys, or the machine. */
function checkPieces(agent: Agent, pieces: readonly Piece[], home: string): void {
  const locked = keys.map(name => path.join(home, name));
  const bad = pieces.find(
    ({source}) =>
      within(source, home) || within(source, path.join(home, '.config')) || locked.some(place => within(place, source)),
  );
  if (!bad) return;
  const what = within(bad.source, home) ? 'all of your home' : 'what is yours alone';
  throw new AppError('NOT_ALLOWED', `${agent.title} is installed in ${bad.source}, which would show it ${what}`, {
    hint: `Install it elsewhere (${agent.install}), or build its image: \`trails images build ${agent.image}\`.`,
  });
}

export interface HostSearch {
  /** The asker's PATH. */
  readonly path: string | undefined;
  /** The user's home. */
  readonly home: string;
}

/** Finds an agent on this machine with all that it needs to run. Throws AGENT_MISSING, NOT_ALLOWED. */
export function installationOf(agent: Agent, {path: searched, home}: HostSearch): Installation {
  const [command] = agent.command;
  const realHome = realOf(home) ?? home;
  const found = onPath(command, searched);
  const program = found === undefined ? undefined : realOf(found);
  if (program === undefined)
    throw new AppError(
      'AGENT_MISSING',
      `${agent.title} is not on this machine: there is no \`${command}\` on the PATH`,
      {
        hint: `Install it (${agent.install}), or build its image: \`trails images build ${agent.image}\`.`,
      },
    );
  if (isThere(program)) return {program, pieces: [], path: interpreterPieces(program, searched).path};
  const python = pythonPieces(program);
  const node = packageOf(program);
  const interpreter = python ? {pieces: [], path: []} : interpreterPieces(program, searched);
  const own = python ?? [node === undefined ? ownPiece(program, agent, realHome) : {source: node, target: node}];
  const pieces = needed([...own, ...interpreter.pieces]);
  checkPieces(agent, pieces, realHome);
  return {program, pieces, path: interpreter.path};
}
