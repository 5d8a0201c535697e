import type {Status} from '../../agents/status/verdict.ts';
import type {Attention} from '../record.ts';

const busy: readonly Status[] = ['thinking', 'working'];
const ended: readonly Status[] = ['ready', 'waiting', 'error'];

/** Whether an agent came to an end, a question or an error that nobody has looked at yet. */
export interface Unseen {
  /** Its status is this one now; `watched`: somebody has its terminal before them. */
  note(status: Status, watched: boolean): void;
  /** True when there was something to see. */
  seen(): boolean;
  readonly unseen: boolean;
  /** To go on from. */
  readonly attention: Attention;
}

/** `attention`: as it was when somebody last followed this run. */
export function createUnseen(attention: Attention = ''): Unseen {
  return {
    note(status, watched) {
      if (busy.includes(status)) attention = 'worked';
      else if (attention === 'worked' && ended.includes(status)) attention = watched ? '' : 'unseen';
    },
    seen() {
      const was = attention === 'unseen';
      if (was) attention = '';
      return was;
    },
    get unseen() {
      return attention === 'unseen';
    },
    get attention() {
      return attention;
    },
  };
}
