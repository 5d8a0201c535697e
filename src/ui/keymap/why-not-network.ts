import {isLive} from '../../sessions/lifecycle.ts';
import {canBeAllowed} from '../../sessions/port.ts';
import type {Focus} from '../focus.ts';
import {visible} from '../models/visible.ts';
import {noneSelected} from './why-not.ts';

type Chosen = NonNullable<NonNullable<Focus['network']>['chosen']>;

const unnamed = ({shown, host, single}: Chosen & {readonly shown: string}): string | undefined =>
  single && !canBeAllowed(host) ? `${shown} is an address: it is never let through` : undefined;

const decidable =
  (problem: (chosen: Chosen & {readonly shown: string}, focus: Focus) => string | undefined) =>
  (focus: Focus): string | undefined => {
    const {session, network} = focus;
    if (!session) return noneSelected(focus);
    if (!network) return 'Its network is still being asked about';
    if (network.network !== 'allowlist')
      return `${session.name} has the network ${network.network}: that stays as it was made`;
    if (!network.chosen) return `${session.name} has not asked for anything yet`;
    return problem({...network.chosen, shown: visible(network.chosen.host)}, focus);
  };

export const allowedAlready = decidable(chosen =>
  chosen.ruled === 'allow'
    ? `${chosen.shown} is allowed already: Y does so for its repository, b blocks it`
    : unnamed(chosen),
);
export const allowedInRepo = decidable(chosen =>
  chosen.said.includes('allow for repo')
    ? `${chosen.shown} is allowed for its repository already: u takes that back`
    : unnamed(chosen),
);
export const notOnce = decidable((chosen, {session}) => {
  const {single, ruled, shown} = chosen;
  const problem = unnamed(chosen);
  if (problem !== undefined) return problem;
  if (!single) return `${shown} is more than one host: once is for one`;
  if (ruled === 'allow') return `${shown} is allowed already`;
  return session && isLive(session.phase) ? undefined : `${session?.name} does not run: y allows it for the next time`;
});
export const blockedAlready = decidable(chosen =>
  chosen.ruled === 'block' ? `${chosen.shown} is blocked already: u takes that back` : unnamed(chosen),
);
export const nothingSaid = decidable(({said, shown}) =>
  said.length === 0 ? `You have not said anything about ${shown}` : undefined,
);
