import {chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {Context} from '../../sessions/context.ts';
import type {WorkspaceMode} from '../../sessions/port.ts';
import type {SessionFacts, SessionRecord} from '../../sessions/record.ts';
import {makeWorkspace, placesOf, writeDownBase} from '../../sessions/work/workspace.ts';
import {branchOf} from '../../workspaces/places.ts';
import {type Edits, editsOf} from './edits.ts';
import {deploy, type Files, notes, shop} from './project.ts';
import {commitOf, makeRepository} from './repository.ts';

interface Kind {
  readonly mode: WorkspaceMode;
  /** The directory it is made of. */
  readonly of: string;
}

const kinds: Readonly<Record<string, Kind>> = {
  'nightly-deploy': {mode: 'copy', of: 'deploy'},
  scratch: {mode: 'bind', of: 'notes'},
};
const kindOf = (name: string): Kind =>
  kinds[name] ?? (Object.hasOwn(editsOf, name) ? {mode: 'clone', of: 'shop'} : {mode: 'bind', of: name});

const sourcesIn = (home: string): string => path.join(home, 'src');

/** The workspace of a session of `--dev`, as its record tells it: the files come later, that the first picture waits for nothing. */
export function workspaceOf(
  {paths}: Pick<Context, 'paths'>,
  home: string,
  {id, name}: Pick<SessionFacts, 'id' | 'name'>,
): SessionFacts['workspace'] {
  const {mode, of} = kindOf(name);
  const source = path.join(sourcesIn(home), of);
  const directory = mode === 'bind' ? source : placesOf(paths, id).files;
  mkdirSync(directory, {recursive: true});
  if (mode !== 'clone') return {mode, path: directory, source, branch: null, repo: null, base: null};
  return {mode, path: directory, source, branch: branchOf(name), repo: source, base: commitOf(shop).commit};
}

function writeFiles(directory: string, files: Files): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, file)), {recursive: true});
    writeFileSync(path.join(directory, file), text);
  }
}

/** Throws when a file is not as the edits expect it. */
export function edit(directory: string, {replaced = [], added = {}, deleted = [], executable = []}: Edits): void {
  for (const [file, before, after] of replaced) {
    const text = readFileSync(path.join(directory, file), 'utf8');
    if (!text.includes(before)) throw new Error(`${file} has no "${before}"`);
    writeFileSync(
      path.join(directory, file),
      text.replace(before, () => after),
    );
  }
  writeFiles(directory, added);
  for (const file of deleted) rmSync(path.join(directory, file));
  for (const file of executable) chmodSync(path.join(directory, file), 0o755);
}

/** Makes what the records tell of: repositories, workspaces, and what the agents did in them. Throws GIT_MISSING. */
export async function makeWorkspaces(
  context: Context,
  home: string,
  records: readonly SessionRecord[],
  signal: AbortSignal,
): Promise<void> {
  const sources = sourcesIn(home);
  writeFiles(path.join(sources, 'deploy'), deploy);
  writeFiles(path.join(sources, 'notes'), notes);
  await makeRepository(path.join(sources, 'shop'), shop);
  for (const facts of records) {
    const edits = Object.hasOwn(editsOf, facts.name) ? editsOf[facts.name] : undefined;
    if (!edits) continue;
    const {mode, source, path: directory} = facts.workspace;
    if (mode !== 'bind') rmSync(directory, {recursive: true, force: true});
    const request = {agent: facts.agent, args: [], repo: source, env: {}, limits: {}, size: {columns: 80, rows: 24}};
    await makeWorkspace(context, {facts, request, onStep: () => {}, signal});
    await writeDownBase(context, facts, signal);
    edit(directory, edits);
  }
}
