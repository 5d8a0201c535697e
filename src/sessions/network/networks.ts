import type {Attempt, EgressState} from '../../egress/egress.ts';
import {refusals} from '../../egress/policy/decide.ts';
import {elapsed} from '../../lib/clock.ts';
import {type NowAndThen, nowAndThen} from '../../lib/now-and-then.ts';
import {type Changes, createChanges} from '../changes.ts';
import type {Context} from '../context.ts';
import type {NetworkAttempt, NetworkRule, NetworkView} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import {ruledBy} from './hosts.ts';
import {openOutlet} from './outlet.ts';
import {ofRepo, rulesFor} from './policy.ts';

/** What sessions with an allowlist may reach and tried to, as this process knows it. */
export interface Networks {
  view(record: SessionRecord): Promise<NetworkView>;
  /** A look now, and one soon after each change; until the signal. */
  looks(id: string, signal: AbortSignal): AsyncIterable<void>;
  /** Destinations that were denied, that no rule speaks of, and that nobody has looked at. */
  denied(id: string): number;
  seen(record: SessionRecord): Promise<void>;
  /** The rules of this session, or of all of its repository, are others: they hold when this resolves. */
  changed(record: SessionRecord, scope: 'session' | 'repo'): Promise<void>;
  /** Lets those out that run, and nobody else. */
  follow(records: readonly SessionRecord[]): void;
  close(): void;
}

interface Held {
  readonly changes: Changes;
  readonly recount: NowAndThen;
  /** It has an allowlist. */
  goesOut: boolean;
  /** What was asked of the egress last; undefined: nothing by this process. */
  outlet: 'open' | 'ended' | undefined;
  denied: number;
  problem: string;
  /** Of a run that is over. */
  last: EgressState | undefined;
}

/** No more often than this a busy session is told of anew. */
const lookMs = 100;
const retryMs = 2000;
const nothing: EgressState = {attempts: [], routes: []};

/** It runs, or is just being stopped: on its way there, its start opens the outlet itself. */
const goesOut = ({phase, removing}: SessionRecord): boolean =>
  !removing && (phase === 'running' || phase === 'stopping');
const isOver = ({phase}: SessionRecord): boolean => phase === 'stopped' || phase === 'failed' || phase === 'lost';

const ruleRefusals: readonly string[] = Object.values(refusals);

/** Where only a rule was in the way, and that is another one now, there is no reason left. */
function ruledAttempt(rules: readonly NetworkRule[], attempt: Attempt): NetworkAttempt {
  const ruled = ruledBy(rules, attempt.host);
  const over = ruled === 'allow' && attempt.outcome === 'denied' && ruleRefusals.includes(attempt.reason);
  return {...attempt, ruled, ...(over ? {reason: ''} : {})};
}

export function createNetworks(context: Context, lifetime: AbortSignal): Networks {
  const {egress, store, clock, changes, log} = context;
  const held = new Map<string, Held>();

  const stateOf = (id: string): EgressState => {
    const one = held.get(id);
    return one?.outlet === 'ended' ? (one.last ?? nothing) : egress.state(id);
  };
  const viewOf = async (record: SessionRecord): Promise<NetworkView> => {
    const {id, network} = record;
    if (network !== 'allowlist') return {network, rules: [], attempts: [], routes: [], problem: ''};
    const rules = await rulesFor(context, record);
    const {attempts, routes} = stateOf(id);
    return {
      ...{network, rules, routes, problem: held.get(id)?.problem ?? ''},
      attempts: attempts.map(attempt => ruledAttempt(rules, attempt)),
    };
  };
  const count = async (id: string) => {
    const record = store.byId(id);
    const one = held.get(id);
    if (!record || !one) return;
    const {attempts} = await viewOf(record);
    const seenAt = store.rules.seenAt(id);
    const isNews = ({outcome, ruled, firstAt}: (typeof attempts)[number]) =>
      outcome === 'denied' && ruled === null && firstAt > seenAt;
    const denied = attempts.filter(isNews).length;
    const same = denied === one.denied;
    one.denied = denied;
    one.changes.tell();
    if (!same) changes.tell();
  };
  const heldOf = (id: string): Held => {
    const known = held.get(id);
    if (known) return known;
    const made: Held = {
      changes: createChanges(),
      // What a broken configuration says is told to whoever asks.
      recount: nowAndThen(clock, lookMs, () => void count(id).catch(() => {})),
      ...{goesOut: false, outlet: undefined, denied: 0, problem: '', last: undefined},
    };
    held.set(id, made);
    return made;
  };
  const stopListening = egress.onChange(id => held.get(id)?.recount.ask());

  const open = async (record: SessionRecord): Promise<void> => {
    const one = heldOf(record.id);
    one.outlet = 'open';
    try {
      await openOutlet(context, record);
      one.problem = '';
    } catch (error) {
      one.problem = (error as Error).message;
      log.warn('a session cannot be let out', {session: record.id, why: one.problem});
      void elapsed(clock, retryMs, lifetime).then(() => {
        const now = store.byId(record.id);
        if (!lifetime.aborted && now && goesOut(now) && one.outlet === 'open') void open(now);
      });
    }
    one.recount.ask();
  };
  const end = (id: string, one: Held) => {
    one.last = egress.state(id);
    one.outlet = 'ended';
    one.problem = '';
    egress.end(id).catch((error: Error) => log.warn('an outlet was not closed', {session: id, why: error.message}));
  };

  return {
    view: viewOf,
    looks: (id, signal) => heldOf(id).changes.looks(signal),
    denied: id => held.get(id)?.denied ?? 0,
    async seen({id}) {
      store.rules.see(id, clock.now());
      await count(id);
    },
    async changed(record, scope) {
      const repo = ofRepo(record).subject;
      const concerned = store
        .all()
        .filter(one => one.network === 'allowlist')
        .filter(one => one.id === record.id || (scope === 'repo' && ofRepo(one).subject === repo));
      await Promise.all(
        concerned.map(async one => {
          // Of one that is on its way, the outlet may be open by now.
          if (goesOut(one) || one.phase === 'creating') await open(one);
          await count(one.id);
        }),
      );
    },
    follow(records) {
      for (const record of records) {
        if (record.network !== 'allowlist') continue;
        const one = heldOf(record.id);
        one.goesOut = true;
        if (goesOut(record) && one.outlet !== 'open') void open(record);
        else if (isOver(record) && one.outlet !== 'ended') end(record.id, one);
      }
      const there = new Set(records.map(({id}) => id));
      for (const [id, one] of held) {
        if (there.has(id)) continue;
        if (one.goesOut && one.outlet !== 'ended') end(id, one);
        one.recount.close();
        one.changes.tell();
        held.delete(id);
      }
    },
    close() {
      stopListening();
      for (const {recount} of held.values()) recount.close();
    },
  };
}
