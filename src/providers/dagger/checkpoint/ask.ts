import {usualPath} from '../../provider.ts';
import {agentUser, changesFile, insidePlace} from '../inside/places.ts';
import type {Root} from './checkpoint.ts';

const seen = `${insidePlace}/seen`;

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * A command line for root inside: what changed below a root since this listing, as frames. Listings are root's, so that the agent cannot
 * remove them by chance; the program gets no more than what is open already, and is the agent's otherwise.
 */
export function askForChanges(
  {name, inside}: Pick<Root, 'name' | 'inside'>,
  {listing, next, fileBytes}: {readonly listing: string; readonly next: string; readonly fileBytes: number},
): string {
  if (!/^[a-z0-9-]+$/.test(name)) throw new Error(`${name} cannot name a root`);
  const {uid, gid} = agentUser;
  const user = `--reuid ${uid} --regid ${gid} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all`;
  const [old, following] = [`${seen}/${name}.${listing || 'none'}`, `${seen}/${name}.${next}`];
  return [
    `umask 077; mkdir -p ${seen} || exit 74`,
    `for f in ${seen}/${name}.*; do [ "$f" = ${old} ] || rm -f "$f"; done`,
    `old=${old}; [ -f "$old" ] || old=/dev/null`,
    `exec env -i PATH=${usualPath} LC_ALL=C setpriv ${user} perl - ${quoted(inside)} ${fileBytes} <${changesFile} 3<"$old" 4>${following}`,
  ].join('\n');
}
