import {Option} from '@commander-js/extra-typings';
import {
  canBeAllowed,
  type Decision,
  type NetworkAttempt,
  type NetworkView,
  type SessionsPort,
  type SessionView,
} from '../sessions/port.ts';
import {cleanLine, safeJson} from './clean.ts';
import {type Context, withPort} from './context.ts';
import type {Group} from './group.ts';
import {attemptCells, attemptJson, networkJson, networkText} from './network-text.ts';

const aName = 'name, id, or the beginning of either';
const aHost = 'a host, `.suffix` for all of it, or a group such as npm';

/** What is new or counted on since the view before, the oldest first. */
function news(before: ReadonlyMap<string, number>, {attempts}: NetworkView): readonly NetworkAttempt[] {
  return attempts.filter(({host, port, count}) => before.get(`${host}:${port}`) !== count).reverse();
}

const countsOf = ({attempts}: NetworkView): ReadonlyMap<string, number> =>
  new Map(attempts.map(({host, port, count}) => [`${host}:${port}`, count]));

/** Each attempt as it comes, until Ctrl-C or the end of the session. */
async function follow(context: Context, port: SessionsPort, id: string, json: boolean, signal: AbortSignal) {
  const {print, clock} = context;
  let seen: ReadonlyMap<string, number> | undefined;
  for await (const view of port.watchNetwork(id, signal)) {
    if (seen === undefined && !json)
      for (const line of networkText(view, clock.now(), print.paint)) await print.line(line);
    for (const attempt of json || seen ? news(seen ?? new Map(), view) : []) {
      const at = new Date(attempt.lastAt).toISOString();
      await print.line(
        json ? safeJson(attemptJson(attempt), 0) : [at, ...attemptCells(attempt, print.paint)].join('  ').trimEnd(),
      );
    }
    seen = countsOf(view);
  }
}

const done: Record<Decision, (name: string, host: string) => string> = {
  once: (name, host) => `${name}: the next connection to ${host}, within a minute, is let through`,
  session: (name, host) => `${name} may reach ${host}`,
  repo: (name, host) => `${name} and all sessions of its repository may reach ${host}`,
  block: (name, host) => `${name}: ${host} is blocked`,
  forget: (name, host) => `${name}: nothing is said about ${host} any more`,
};

async function decide(context: Context, ref: string, host: string, decision: Decision, json: boolean): Promise<void> {
  const {print} = context;
  await withPort(
    context,
    async port => {
      const {id, name} = await port.get(ref);
      const view = await port.decide(id, {host, decision});
      if (json) await print.json(networkJson(view));
      else print.note(done[decision](cleanLine(name), cleanLine(host)));
    },
    {cleansUp: true},
  );
}

/** What a person can do about what was denied. */
function adviseOn({print}: Context, {name}: SessionView, {attempts}: NetworkView): void {
  const open = attempts.find(({host, outcome, ruled}) => outcome === 'denied' && ruled === null && canBeAllowed(host));
  if (open) print.note(`To let it through: trails allow ${cleanLine(name)} ${cleanLine(open.host)}`);
}

export const addNetwork: Group = (program, context) => {
  const {print, clock} = context;
  program
    .command('network')
    .description('what a session may reach, and what it tried to, the newest first')
    .argument('<name>', aName)
    .addOption(new Option('-f, --follow', 'go on with each attempt until Ctrl-C').conflicts('forget'))
    .option('--forget <host>', 'take back what you said about a host')
    .option('--json', 'print it as JSON; with --follow one attempt a line')
    .action(async (ref, {follow: goesOn = false, forget, json = false}) => {
      if (forget !== undefined) return decide(context, ref, forget, 'forget', json);
      await withPort(context, async (port, signal) => {
        const session = await port.get(ref);
        if (goesOn) return follow(context, port, session.id, json, signal);
        const view = await port.network(session.id);
        if (json) return print.json(networkJson(view));
        for (const line of networkText(view, clock.now(), print.paint)) await print.line(line);
        adviseOn(context, session, view);
        // A person has it before him; a script has not looked.
        if (session.denied > 0 && print.live) await port.networkSeen(session.id);
      });
    });
};

export const addAllow: Group = (program, context) => {
  program
    .command('allow')
    .description('let a session reach a host, from now on and while it runs')
    .argument('<name>', aName)
    .argument('<host>', aHost)
    .addOption(new Option('--once', 'only the next connection, within a minute').conflicts('repo'))
    .option('--repo', 'all sessions of its repository, those of later, too')
    .option('--json', 'print its network as JSON')
    .action((name, host, {once, repo, json = false}) =>
      decide(context, name, host, once ? 'once' : repo ? 'repo' : 'session', json),
    );
};

export const addBlock: Group = (program, context) => {
  program
    .command('block')
    .description('keep a session from a host, whatever else allows it')
    .argument('<name>', aName)
    .argument('<host>', aHost)
    .option('--json', 'print its network as JSON')
    .action((name, host, {json = false}) => decide(context, name, host, 'block', json));
};
