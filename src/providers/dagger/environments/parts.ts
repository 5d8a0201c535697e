import type {Clock} from '../../../lib/clock.ts';
import type {EnvironmentEvent, TerminalOptions, TerminalStream} from '../../provider.ts';
import type {AgentRun} from '../agent/agent-run.ts';
import type {Checkpoints} from '../checkpoint/checkpoint.ts';
import type {DaggerEngine, Recipe} from '../connection/engine.ts';
import type {Link} from '../link/link.ts';
import type {EnvironmentRecord, EnvironmentRecords} from './record.ts';

/** What the environments of one provider share, and how the pieces of one of them are made. */
export interface Parts {
  readonly records: EnvironmentRecords;
  readonly engine: DaggerEngine;
  readonly clock: Clock;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly tell: (event: EnvironmentEvent) => void;
  /** Nothing runs for one of them any more. */
  readonly ended: () => Promise<void>;
  /** New keys, kept for who comes after us, and all that a start of this environment needs. Those of an earlier start open nothing more. */
  readonly recipe: (record: EnvironmentRecord, unique: string) => Promise<Recipe>;
  /** Listens with the keys of its last start. */
  readonly listen: (record: EnvironmentRecord) => Promise<Link>;
  readonly follow: (record: EnvironmentRecord, link: Link) => AgentRun;
  /** The terminal of one that nothing runs of: what was recorded, and its end. */
  readonly openRecord: (record: EnvironmentRecord, options: TerminalOptions) => TerminalStream;
  readonly recordEnd: (record: EnvironmentRecord) => number;
  /** The same ones for one environment each time. */
  readonly checkpoints: (record: EnvironmentRecord) => Checkpoints;
  /** The keys of its last start open nothing any more. */
  readonly forgetKeys: (record: EnvironmentRecord) => void;
}
