import {once} from 'node:events';
import {createWriteStream, existsSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {writeWhole} from '../../lib/files.ts';
import type {EnvironmentId, Provider} from '../../providers/provider.ts';
import {agentRefs} from '../../workspaces/returning/agent-refs.ts';
import {
  type AgentWork,
  bundleScript,
  nothingCommitted,
  noWork,
  takeBundle,
} from '../../workspaces/returning/agent-work.ts';
import {GitFailed, gitWords} from '../../workspaces/shadow/git.ts';
import {type Context, providerOf, sessionDirectory} from '../context.ts';
import type {SessionRecord} from '../record.ts';
import {withHelper} from './helper-environment.ts';
import {placesOf} from './workspace.ts';

const mostBytes = 2 * 2 ** 30;
const patienceMs = 180_000;

interface Printed {
  readonly exitCode: number;
  readonly said: string;
}

/** Runs a command inside and writes what it prints to a file of ours, which the command cannot fill without end. */
async function printTo(
  provider: Provider,
  environment: EnvironmentId,
  argv: readonly [string, ...string[]],
  file: string,
): Promise<Printed> {
  const patience = AbortSignal.timeout(patienceMs);
  const stream = await provider.exec(environment, argv, {signal: patience});
  const out = createWriteStream(file, {mode: 0o600});
  let bytes = 0;
  let said = '';
  stream.stdin.end();
  stream.onOutput((from, piece) => {
    if (from === 'stderr') {
      said = `${said}${Buffer.from(piece).toString()}`.slice(-1000);
      return;
    }
    bytes += piece.byteLength;
    if (bytes > mostBytes) return stream.kill();
    if (out.write(Uint8Array.from(piece))) return;
    stream.pause();
    out.once('drain', stream.resume);
  });
  try {
    const failed = once(out, 'error').then(([error]) => Promise.reject(error));
    const exitCode = await Promise.race([stream.exit, failed]);
    if (bytes > mostBytes) return {exitCode: 1, said: 'more than 2 GB came out'};
    if (patience.aborted) return {exitCode: 1, said: `it took more than ${patienceMs / 1000} s`};
    return {exitCode, said};
  } finally {
    await new Promise(resolve => out.end(resolve));
  }
}

export interface TakenOut {
  readonly work: AgentWork;
  /** Why its commits are not there, though there may be some. */
  readonly problem: string | undefined;
}

export const nothingTaken: TakenOut = {work: noWork, problem: undefined};

/** What was taken out last, and where the agent's branches were then. */
interface Taken {
  readonly refs: string;
  readonly work: AgentWork;
}

function lastTaken(file: string): Taken | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Taken;
  } catch {
    return undefined;
  }
}

async function takeNow(context: Context, record: SessionRecord, base: string): Promise<TakenOut> {
  const {shadow} = placesOf(context.paths, record.id);
  const provider = await providerOf(context, record);
  const bundle = path.join(sessionDirectory(context.paths, record.id), 'commits.bundle');
  try {
    const {exitCode, said} = await withHelper(context, provider, record, environment =>
      printTo(provider, environment, ['/bin/sh', '-c', bundleScript(base)], bundle),
    );
    if (exitCode === nothingCommitted) return nothingTaken;
    if (exitCode !== 0) return {work: noWork, problem: said.trim() || `git ended with ${exitCode}`};
    return {work: await takeBundle(shadow, bundle), problem: undefined};
  } catch (error) {
    if (error instanceof GitFailed) return {work: noWork, problem: gitWords(error)};
    // Of one that works on a copy the last checkpoint is here, with the commits in it.
    const isHere = provider.supports.checkpoints || !(error instanceof AppError) || error.code !== 'ENGINE_UNREACHABLE';
    if (error instanceof AppError && isHere) return {work: noWork, problem: error.message};
    throw error;
  } finally {
    rmSync(bundle, {force: true});
  }
}

/**
 * Brings what the agent has committed into the shadow. Git runs in the sandbox for it, or in another one like it when that does not run;
 * not at all while the agent's branches are where they were.
 */
export async function takeCommits(context: Context, record: SessionRecord): Promise<TakenOut> {
  const {base, mode} = record.workspace;
  const {files, refs, taken} = placesOf(context.paths, record.id);
  if (mode !== 'clone' || base === null || !existsSync(files)) return nothingTaken;
  // Before the commits: what is committed meanwhile is taken the next time.
  const now = agentRefs(files);
  if (existsSync(refs) && readFileSync(refs, 'utf8') === now) return nothingTaken;
  const last = lastTaken(taken);
  if (last?.refs === now) return {work: last.work, problem: undefined};
  const found = await takeNow(context, record, base);
  if (found.problem === undefined) writeWhole(taken, JSON.stringify({refs: now, work: found.work} satisfies Taken));
  return found;
}
