import {AppError} from '../../src/errors.ts';
import type {ApplyRequest, SessionView} from '../../src/sessions/port.ts';
import type {Scene} from './scene.ts';

/** What a person was told, and shown. */
export interface Told {
  /** Reasons why something was left out, and errors. */
  readonly words: string;
  /** Names of all files that changes told of. */
  readonly paths: readonly string[];
  readonly patch: string;
}

/** As the user may, behind an apply of files; where their own git does not take those, they throw them away. */
function keepAsCommit({git}: Scene): void {
  try {
    git('add', '-A', '--', '.');
    git('commit', '-q', '--allow-empty', '-m', 'as files');
  } catch {
    git('reset', '-q', '--hard');
    git('clean', '-q', '-ffd');
  }
}

const never = new AbortController().signal;

/** Asks everything of a session that a person may, the removal last: what is refused is collected, a bug is thrown. */
export async function doEverything(scene: Scene, session: SessionView, looksOnly = false): Promise<Told> {
  const {port} = scene;
  const {id} = session;
  const words: string[] = [];
  const paths = new Set<string>();
  const tell = (reasons: readonly {readonly path: string; readonly why: string}[]) => {
    for (const {path, why} of reasons) words.push(`${path}: ${why}`);
  };
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      words.push(`${error.code} ${error.message}`);
    }
  };
  let patch = '';
  const look = async () => {
    const {files, refused} = await port.changes(id);
    for (const file of files) paths.add(file.path);
    tell(refused);
    for await (const piece of port.patch(id, {}, never)) patch += piece;
  };
  const apply = async (request: ApplyRequest) => {
    const plan = await port.planApply(id, request);
    tell([...plan.refused, ...plan.conflicts]);
    words.push(...plan.commits.map(({subject, author}) => `commit ${subject} of ${author}`));
    tell((await port.apply(id, {...request, version: plan.version})).refused);
  };

  await attempt(look);
  if (looksOnly) {
    await attempt(() => port.remove(id, {force: true}));
    return {words: words.join('\n'), paths: [...paths], patch};
  }
  await attempt(async () => {
    for await (const {refused} of port.watchChanges(id, never)) {
      tell(refused);
      break;
    }
  });
  await port.list();
  await attempt(async () => {
    words.push(...(await port.teardown(id)).work);
  });
  await attempt(() => apply({how: 'files', theirs: true}));
  keepAsCommit(scene);
  scene.plant(session, 'echo later >> later.txt');
  if (session.workspace.mode === 'clone') await attempt(() => apply({theirs: true}));
  scene.plant(session, 'echo last >> last.txt');
  await attempt(look);
  await attempt(() => port.remove(id, {force: true}));
  for (const {id: kept} of await port.recoveries()) {
    await attempt(async () => void (await port.restore(kept, {})));
    await attempt(async () => tell((await port.restore(kept, {to: `${scene.home}/restored`})).refused));
    await port.pruneRecoveries({id: kept});
  }
  return {words: words.join('\n'), paths: [...paths], patch};
}
