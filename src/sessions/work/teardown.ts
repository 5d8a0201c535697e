import {keptDays} from '../../workspaces/returning/recoveries.ts';
import {publicFile} from '../../workspaces/shadow/diff-files.ts';
import type {Context} from '../context.ts';
import type {FileChange, TeardownSummary} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import {takeCommits} from './agent-commits.ts';
import {freshCommits, mayHoldWork} from './keep.ts';
import type {Reviews} from './reviews.ts';
import {placesOf} from './workspace.ts';

const mostTold = 12;

const some = (lines: readonly string[], what: string): readonly string[] =>
  lines.length <= mostTold ? lines : [...lines.slice(0, mostTold), `and ${lines.length - mostTold} more ${what}`];

const fileLine = ({path, added, removed, binary, kind}: FileChange): string =>
  `${path} (${kind === 'modified' ? '' : `${kind} `}${binary ? 'binary' : `+${added} −${removed}`})`;

const sized = (bytes: number): string => {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 2 ** (10 * unit)).toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
};

interface Work {
  /** What nobody has applied. */
  readonly lines: readonly string[];
  readonly ignored: readonly string[];
}

async function workOf(context: Context, reviews: Reviews, record: SessionRecord): Promise<Work> {
  const {shadow} = placesOf(context.paths, record.id);
  const look = await reviews.look(record);
  const [taken, ignored] = [await takeCommits(context, record), await reviews.of(record).ignored()];
  const commits = await freshCommits(shadow, taken.work);
  const ids = commits.map(id => id.slice(0, 8)).join(', ');
  const stale = reviews.staleness(record);
  const lines = [
    ...(stale === undefined ? [] : [`all of it as of ${stale}; what was done since cannot be kept`]),
    ...(commits.length === 0 ? [] : [`commits up to ${ids}`]),
    ...(taken.problem === undefined ? [] : [`commits that could not be looked at: ${taken.problem}`]),
    ...some(look.files.map(publicFile).map(fileLine), 'files'),
    ...look.refused.map(({path, why}) => `${path}: ${why}`),
  ];
  const left = ignored.map(
    ({path, files, bytes}) => `${path}, which is ignored (${files === 1 ? '' : `${files} files, `}${sized(bytes)})`,
  );
  return {lines, ignored: some(left, 'that are ignored')};
}

/** What goes and what stays when a session is torn down, in lines for a person. */
export async function teardownSummary(
  context: Context,
  reviews: Reviews,
  record: SessionRecord,
): Promise<TeardownSummary> {
  const {phase, agent, workspace, id} = record;
  const running = phase === 'running' ? [`the running agent (${agent})`] : [];
  const container = phase === 'lost' ? [] : ['its container, and files the agent made outside /workspace'];
  const removes = [...running, ...container, 'its recorded screen and log'];
  if (workspace.mode === 'bind')
    return {work: [], saves: [], removes, keeps: [`${workspace.path} with everything in it`]};
  const own = `its ${workspace.mode} of ${workspace.source}`;
  const keeps = [`${workspace.source} as it is`];
  if (!mayHoldWork(context, record)) return {work: [], saves: [], removes: [...removes, own], keeps};
  const {lines, ignored} = await workOf(context, reviews, record);
  const where = workspace.mode === 'clone' ? `refs/trails/recovery/${id} of that repository` : 'a bundle';
  return {
    work: lines,
    saves: lines.length === 0 ? [] : [`what is not applied, for ${keptDays} days, in ${where}: \`trails restore\``],
    removes: [...removes, own, ...ignored],
    keeps,
  };
}
