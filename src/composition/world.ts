import type {ConfigFile} from '../lib/config.ts';
import type {Log} from '../lib/log.ts';
import type {Paths} from '../lib/paths.ts';

/** What this process was started with. */
export interface World {
  readonly paths: Paths;
  readonly env: NodeJS.ProcessEnv;
  readonly config: ConfigFile;
  readonly log: () => Log;
  readonly version: string;
  /** The command, and what it is about; options may hold secrets. */
  readonly command: string;
}
