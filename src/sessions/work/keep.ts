import {existsSync, renameSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {privateDirectory} from '../../lib/files.ts';
import {identityOf, openSource} from '../../workspaces/making/source.ts';
import {type AgentWork, isIn} from '../../workspaces/returning/agent-work.ts';
import {applying, settlePending} from '../../workspaces/returning/pending.ts';
import {keepWhole, keepWork, workspaceOf} from '../../workspaces/returning/recoveries.ts';
import {deliveredIn, makeResult} from '../../workspaces/returning/result.ts';
import {partBySubmodules} from '../../workspaces/returning/submodule-files.ts';
import {type Look, openReview} from '../../workspaces/shadow/review.ts';
import type {Context} from '../context.ts';
import type {SessionRecord} from '../record.ts';
import type {TakenOut} from './agent-commits.ts';
import {isReviewable, placesOf} from './workspace.ts';

export const recoveriesIn = ({paths}: Pick<Context, 'paths'>): string => path.join(paths.state, 'recoveries');

/** There may be work in it that is nowhere else. */
export const mayHoldWork = (context: Context, {id, workspace}: SessionRecord): boolean =>
  workspace.mode !== 'bind' && isReviewable(context, id) && existsSync(workspace.path);

/** Commits of the agent that the user does not have. */
export async function freshCommits(shadow: string, {tip, others}: AgentWork): Promise<readonly string[]> {
  const delivered = await deliveredIn(shadow);
  const fresh: string[] = [];
  for (const commit of [...(tip === undefined ? [] : [tip]), ...others])
    if (delivered === undefined || !(await isIn(shadow, commit, delivered))) fresh.push(commit);
  return fresh;
}

async function commitToKeep(record: SessionRecord, shadow: string, look: Look, work: AgentWork): Promise<string> {
  const {mode, base, source} = record.workspace;
  if (mode !== 'clone' || base === null) return look.commit;
  const author = await openSource(source)
    .then(identityOf)
    .catch(() => ({name: 'Trails', email: 'trails@localhost'}));
  const delivered = await deliveredIn(shadow);
  const {inside} = await partBySubmodules(shadow, work.tip ?? base, look.files);
  // What is within submodules has no place in the files of the commit: it is kept in its history.
  const files = inside.length === 0 ? [] : [look.commit];
  const along = [...(delivered === undefined ? [] : [delivered]), ...work.others, ...files];
  const message = `Work of ${record.name} that nobody had applied when it was removed`;
  const result = await makeResult({shadow, base, work, now: look.commit, along, author, message});
  return result.commit;
}

/** Looks at what is to be kept of a session that is on its way out. */
export interface Keeping {
  /** Keeps what nobody has applied. The agent is gone by now, its files are still there. Throws where it cannot be kept. */
  keep(taken: TakenOut): Promise<void>;
  close(): void;
}

const uncounted = {files: 0, added: 0, removed: 0};

/** What an agent made of its files must not keep its session there for ever. */
function unreadable(error: unknown): undefined {
  if (!(error instanceof AppError) || error.code !== 'WORKSPACE_UNREADABLE') throw error;
}

/** Begins to look while the agent is still being ended: then only what it did since is to be looked at. */
export function openKeeping(context: Context, record: SessionRecord): Keeping {
  const {id, name, workspace} = record;
  const {mode, source} = workspace;
  const shared = placesOf(context.paths, id);
  // Somebody may be looking at its changes just now.
  const places = {...shared, seen: `${shared.seen}.keep`};
  const review = openReview(workspace.path, places);
  review.look().catch(() => {});
  return {
    async keep({work, problem}) {
      if (!mayHoldWork(context, record)) return;
      if ((await applying.run(source, () => settlePending(places, source))).arrived) review.restart();
      const look = await review.look().catch(unreadable);
      if (!look) {
        keepWhole(
          recoveriesIn(context),
          {id, name, removedAt: context.clock.now(), mode, source, ...uncounted},
          workspace.path,
        );
        return;
      }
      const fresh = await freshCommits(places.shadow, work);
      if (look.files.length === 0 && fresh.length === 0 && problem === undefined) return;
      await review.keep(look.commit);
      const commit = await commitToKeep(record, places.shadow, look, work);
      const directory = recoveriesIn(context);
      const counts = {files: look.files.length, added: look.added, removed: look.removed};
      const removedAt = context.clock.now();
      await keepWork(directory, {id, name, removedAt, mode, source, commit, shadow: places.shadow, ...counts});
      // Its commits could not be had: all of it is kept as it is.
      if (problem !== undefined) renameSync(workspace.path, workspaceOf(privateDirectory(directory), id));
    },
    close: () => review.close(),
  };
}
