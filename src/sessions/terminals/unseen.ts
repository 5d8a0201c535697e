import type {Status} from '../../agents/status/verdict.ts';

const busy: readonly Status[] = ['thinking', 'working'];
const ended: readonly Status[] = ['ready', 'waiting', 'error'];

/** Whether an agent came to an end, a question or an error that nobody has looked at yet. */
export interface Unseen {
  /** Its status is this one now; `watched`: somebody has its terminal before them. */
  note(status: Status, watched: boolean): void;
  /** True when there was something to see. */
  seen(): boolean;
  readonly unseen: boolean;
}

export function createUnseen(): Unseen {
  let worked = false;
  let unseen = false;
  return {
    note(status, watched) {
      if (busy.includes(status)) {
        worked = true;
        unseen = false;
      } else if (worked && ended.includes(status)) {
        worked = false;
        unseen = !watched;
      }
    },
    seen() {
      const was = unseen;
      unseen = false;
      return was;
    },
    get unseen() {
      return unseen;
    },
  };
}
