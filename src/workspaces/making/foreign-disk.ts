import {existsSync, realpathSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {kindOf, mountOf} from '../../lib/mounts.ts';

/** The real path of what is there of it. */
function nearest(directory: string): string {
  for (let at = directory; ; at = path.dirname(at)) if (existsSync(at)) return realpathSync(at);
}

/** Throws REPO_UNUSABLE for a directory on a disk that no agent can work on, such as one of Windows in WSL. `mounts`: as mountinfo. */
export function refuseForeignDisk(directory: string, mounts: string): void {
  const mount = mountOf(mounts, nearest(directory));
  const kind = mount && kindOf(mount);
  if (!mount || !kind?.refused) return;
  throw new AppError('REPO_UNUSABLE', `${directory} lies on ${kind.why} (${mount.type} at ${mount.at})`, {
    hint: 'Let the agent work on a clone (`--workspace clone`) with the state of Trails on this system’s own disk: TRAILS_HOME or XDG_STATE_HOME, such as ~/.local/state.',
  });
}
