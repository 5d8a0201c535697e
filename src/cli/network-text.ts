import {
  type NetworkAttempt,
  type NetworkRule,
  type NetworkView,
  routesText,
  ruleSourceWords,
} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import type {Paint} from './print.ts';
import {table} from './table.ts';
import {age} from './units.ts';

const styles = {allowed: 'green', denied: 'yellow', failed: 'red'} as const;

const usualPort = 443;
const destination = ({host, port}: NetworkAttempt): string => cleanLine(port === usualPort ? host : `${host}:${port}`);

/** Why it did not get through, or what has changed since. */
function remarkOf({outcome, ruled, reason}: NetworkAttempt): string {
  if (outcome === 'allowed') return ruled === 'block' ? 'blocked now' : ruled === null ? 'it was allowed once' : '';
  return outcome === 'denied' && ruled === 'allow' && reason === '' ? 'allowed now' : cleanLine(reason);
}

export const attemptCells = (attempt: NetworkAttempt, paint: Paint): readonly string[] => [
  paint(styles[attempt.outcome], attempt.outcome),
  destination(attempt),
  `×${attempt.count}`,
  paint('dim', remarkOf(attempt)),
];

const membersOf = ({host, hosts}: NetworkRule): string => {
  const others = hosts.filter(one => one !== host);
  return others.length === 0 ? '' : `: ${others.join(', ')}`;
};

const ruleCells = (rule: NetworkRule, paint: Paint): readonly string[] => [
  paint(rule.decision === 'block' ? 'red' : 'green', rule.decision),
  cleanLine(rule.host),
  paint('dim', cleanLine(`${ruleSourceWords[rule.from]}${membersOf(rule)}`)),
];

const without: Record<Exclude<NetworkView['network'], 'allowlist'>, string> = {
  none: 'Its network is none: nothing can be reached.',
  open: 'Its network is open: everything can be reached, and nothing is looked at.',
};

/** The rules with where each comes from, then what was tried. */
export function networkText(view: NetworkView, now: number, paint: Paint): readonly string[] {
  const {network, rules, attempts, routes, problem} = view;
  if (network !== 'allowlist') return [without[network]];
  const head = (...texts: readonly string[]) => texts.map(text => paint('dim', text));
  const ruleRows = rules.map(rule => ruleCells(rule, paint));
  const attemptRows = attempts.map(attempt => {
    const [outcome = '', host = '', count = '', why = ''] = attemptCells(attempt, paint);
    return [outcome, host, count, age(now - attempt.lastAt), why];
  });
  return [
    ...(problem === '' ? [] : [paint('red', cleanLine(`It reaches nothing: ${problem}`)), '']),
    ...(rules.length === 0
      ? ['No rules: nothing is let through.']
      : table([head('RULE', 'HOST', 'FROM'), ...ruleRows])),
    '',
    ...(attempts.length === 0
      ? ['Nothing was asked for yet.']
      : table([head('OUTCOME', 'HOST', 'COUNT', 'AGO', 'WHY'), ...attemptRows], {right: [2, 3]})),
    ...(routes.length === 0 ? [] : ['', `Keys added outside: ${cleanLine(routesText(routes))}`]),
  ];
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
const sum = (attempts: readonly NetworkAttempt[], outcome: NetworkAttempt['outcome']): number =>
  attempts.filter(one => one.outcome === outcome).length;

/** In a few words, for a line of `show`. */
export function networkSummary({network, rules, attempts, problem}: NetworkView): string {
  if (network !== 'allowlist') return network;
  const reached = plural(sum(attempts, 'allowed'), 'destination');
  const tried = `${reached} reached, ${sum(attempts, 'denied')} denied`;
  return `allowlist: ${plural(rules.length, 'rule')}, ${tried}${problem === '' ? '' : `; it reaches nothing: ${problem}`}`;
}

const iso = (at: number): string => new Date(at).toISOString();

export const attemptJson = ({firstAt, lastAt, ...attempt}: NetworkAttempt) => ({
  ...attempt,
  firstAt: iso(firstAt),
  lastAt: iso(lastAt),
});

export const networkJson = ({network, rules, attempts, routes, problem}: NetworkView) => ({
  ...{network, rules, attempts: attempts.map(attemptJson), routes},
  problem: problem === '' ? null : problem,
});
