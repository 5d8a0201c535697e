import type {Check} from '../lib/checkup/check.ts';
import type {Machine} from '../lib/checkup/machine.ts';
import type {Step} from '../lib/checkup/step.ts';
import type {Paths} from '../lib/paths.ts';

/** Everything doctor looks at besides the engines' own answers. */
export interface DoctorView {
  readonly machine: Machine;
  readonly paths: Paths;
  readonly cwd: string;
  /** Ours, and of the Node that runs it. */
  readonly version: string;
  readonly nodeVersion: string;
  /** As asked for or configured: `auto` or a name. */
  readonly provider: string;
  readonly detachKey: string;
  readonly notify: string;
  /** The most that a session may have on the disk, as configured; `0`: as much as there is. */
  readonly diskLimit: string;
  readonly terminal: {
    readonly isTTY: boolean;
    readonly columns: number;
    readonly rows: number;
    /** How many cells it gives to a character that is one in the West and two in the East; undefined where it does not tell. */
    ambiguousWidth(): Promise<number | undefined>;
  };
  /** The configuration's file, which was read. Throws CONFIG_INVALID. */
  config(): Promise<string>;
  /** Undefined when none runs. */
  daemon(): Promise<{readonly version: string; readonly pid: number} | undefined>;
  /** What is wrong with the record of sessions; undefined when there is none yet. */
  database(): Promise<readonly string[] | undefined>;
}

/** A check of this machine, and what set-up does about it where it can. */
export interface MachineCheck extends Check<DoctorView> {
  /** Asked only when the look was not fine. None when there is nothing that it could do. */
  mend?(view: DoctorView): Promise<Step | undefined>;
}
