import type {Kind, Status, StatusVerdict} from './verdict.ts';

/** What one layer says right now. */
export type Evidence = Omit<StatusVerdict, 'since'>;

/** What the layers can agree on: they know different details of it. */
export type Sort = 'busy' | 'idle' | 'waiting' | 'other';

const sorts: Readonly<Partial<Record<Status, Sort>>> = {
  thinking: 'busy',
  working: 'busy',
  ready: 'idle',
  error: 'idle',
  waiting: 'waiting',
};

export const sortOf = ({status}: {readonly status: Status}): Sort => sorts[status] ?? 'other';

export const evidence = (
  status: Status,
  source: Evidence['source'],
  rule: string,
  {kind = '', detail = ''}: {readonly kind?: Kind; readonly detail?: string} = {},
): Evidence => ({status, kind, source, rule, detail});
