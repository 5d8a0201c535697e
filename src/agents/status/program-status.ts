import type {Status} from './verdict.ts';

/** Records kept for one terminal; a hostile program could name ids without end. */
const mostRecords = 256;

const meaning: Readonly<Record<string, Status>> = {
  idle: 'ready',
  done: 'ready',
  working: 'working',
  blocked: 'waiting',
  error: 'error',
};
/** When several programs of one terminal report, the one that needs a person most is told. */
const urgency: readonly Status[] = ['waiting', 'error', 'working', 'ready'];

export interface ProgramStatus {
  readonly status: Status;
  readonly state: string;
  readonly kind: string;
  readonly message: string;
}

const decode = (text: string): string => Buffer.from(text, 'base64').toString('utf8');

/** The Program Status Protocol, OSC 7501: what a program says of itself, record by record, kept per id. */
export function createProgramStatuses(clean: (text: string) => string) {
  const records = new Map<string, ProgramStatus>();
  return {
    /** Takes the payload behind `7501;`. False when it was not a valid record. */
    feed(payload: string): boolean {
      const fields = new Map(payload.split(/[;:]/).map(part => part.split(/=(.*)/s).slice(0, 2) as [string, string]));
      const state = fields.get('state') ?? '';
      const id = fields.get('id') ?? '';
      if (state === 'clear') {
        records.delete(id);
        return true;
      }
      const status = Object.hasOwn(meaning, state) ? meaning[state] : undefined;
      if (!status || (!records.has(id) && records.size >= mostRecords)) return false;
      const kind = /^[a-z]{1,20}$/.exec(fields.get('kind') ?? '')?.[0] ?? '';
      records.set(id, {status, state, kind, message: clean(decode(fields.get('msg') ?? '')).slice(0, 200)});
      return true;
    },
    clear: () => records.clear(),
    /** The most urgent record, or none when no program reports. */
    current(): ProgramStatus | undefined {
      return [...records.values()].sort((a, b) => urgency.indexOf(a.status) - urgency.indexOf(b.status))[0];
    },
  };
}
