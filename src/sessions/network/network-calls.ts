import {AppError} from '../../errors.ts';
import {audited, type Context} from '../context.ts';
import {isLive} from '../lifecycle.ts';
import {type Decision, decisions, type NetworkPort} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import {hostsOf, ruledBy, ruleWord} from './hosts.ts';
import type {Networks} from './networks.ts';
import {ofRepo, ofSession, rulesFor} from './policy.ts';

/** As the audit log tells it. */
const spoken: Record<Decision, (word: string) => string> = {
  once: word => `allow ${word} once`,
  session: word => `allow ${word} session`,
  repo: word => `allow ${word} repo`,
  block: word => `block ${word}`,
  forget: word => `forget ${word}`,
};

function needAllowlist({name, network}: SessionRecord): void {
  if (network === 'allowlist') return;
  const now = network === 'none' ? 'it reaches nothing' : 'it reaches everything';
  throw new AppError('UNSUPPORTED', `${name} has the network "${network}": ${now}`, {
    hint: 'The network of a session stays as it was made: `trails new --network allowlist`.',
  });
}

export function networkCalls({
  context,
  networks,
  find,
  settled,
  until,
}: {
  readonly context: Context;
  readonly networks: Networks;
  readonly find: (ref: string) => SessionRecord;
  readonly settled: () => Promise<unknown>;
  readonly until: (signal: AbortSignal) => AbortSignal;
}): NetworkPort {
  const {store, clock, egress} = context;

  const subjectsOf = (record: SessionRecord) => [ofSession(record), ofRepo(record)];
  const wasSaid = (record: SessionRecord, word: string): boolean =>
    subjectsOf(record).some(subject => store.rules.of(subject).some(({host}) => host === word));
  /** A broader block stands above what is to be allowed. */
  const checkBlocks = async (record: SessionRecord, word: string) => {
    const blocks = (await rulesFor(context, record)).filter(({decision}) => decision === 'block');
    // The one about this very host gives way.
    const by = blocks
      .filter(({host}) => host !== word)
      .find(rule => hostsOf(word).some(host => ruledBy([rule], host) === 'block'));
    if (!by) return;
    throw new AppError('HOST_BLOCKED', `${word} is blocked for ${record.name} by ${by.host}`, {
      hint: `Take that back first: \`trails network ${record.name} --forget ${by.host}\`.`,
    });
  };
  const once = async (record: SessionRecord, word: string) => {
    const [host = '', ...others] = hostsOf(word);
    if (others.length > 0 || host.startsWith('.'))
      throw new AppError('HOST_INVALID', `${word} is more than one host: one at a time can be let through once`);
    if (!isLive(record.phase))
      throw new AppError('PHASE_FORBIDS', `${record.name} is ${record.phase}: nothing of it asks for ${word}`, {
        hint: `For its next run: \`trails allow ${record.name} ${word}\`.`,
      });
    await egress.once(record.id, host);
  };
  const put = async (record: SessionRecord, word: string, scope: 'session' | 'repo', decision: 'allow' | 'block') => {
    if (!store.byId(record.id)) throw new AppError('SESSION_UNKNOWN', `${record.name} was removed meanwhile`);
    const rule = {...(scope === 'repo' ? ofRepo(record) : ofSession(record)), host: word, decision, at: clock.now()};
    // What is said for all of the repository takes the place of what was said for this session.
    store.rules.put(rule, [ofSession(record)]);
    await networks.changed(record, scope);
  };
  const forget = async (record: SessionRecord, word: string) => {
    if (!wasSaid(record, word)) {
      const given = (await rulesFor(context, record)).find(({host}) => host === word);
      throw new AppError('RULE_UNKNOWN', `Nobody has said anything about ${word} for ${record.name}`, {
        ...(given ? {hint: `It was allowed from the beginning: \`trails block ${record.name} ${word}\`.`} : {}),
      });
    }
    store.rules.drop(subjectsOf(record), word);
    await networks.changed(record, 'repo');
  };
  const carryOut: Record<Decision, (record: SessionRecord, word: string) => Promise<void>> = {
    once,
    async session(record, word) {
      await checkBlocks(record, word);
      await put(record, word, 'session', 'allow');
    },
    async repo(record, word) {
      await checkBlocks(record, word);
      await put(record, word, 'repo', 'allow');
    },
    block: (record, word) => put(record, word, 'session', 'block'),
    forget,
  };

  return {
    async network(ref) {
      await settled();
      return networks.view(find(ref));
    },
    async *watchNetwork(ref, signal) {
      await settled();
      const {id} = find(ref);
      let told = '';
      for await (const _ of networks.looks(id, until(signal))) {
        const record = store.byId(id);
        if (!record) return;
        const view = await networks.view(record);
        const text = JSON.stringify(view);
        if (text !== told) yield view;
        told = text;
      }
    },
    async decide(ref, {host, decision}) {
      if (!decisions.includes(decision))
        throw new AppError('USAGE', `A host is decided on with ${decisions.join(', ')}`);
      await settled();
      const record = find(ref);
      needAllowlist(record);
      // What was said stays sayable, also of a group that there is no more.
      const word = decision === 'forget' && wasSaid(record, host) ? host : ruleWord(host);
      await audited(context, record, 'network', spoken[decision](word), () => carryOut[decision](record, word));
      return networks.view(record);
    },
    async networkSeen(ref) {
      await settled();
      await networks.seen(find(ref));
    },
  };
}
