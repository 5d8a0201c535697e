import {BlockList} from 'node:net';
import type {Address} from './addresses.ts';

/** An interface as the system tells of it. */
interface Interface {
  readonly address: string;
  readonly family: string;
  /** With the length of its network: `203.0.113.7/24`; null where that cannot be told. */
  readonly cidr: string | null;
}

/** A larger one is a route through a tunnel, and no neighbours. */
const shortestPrefix = {ipv4: 16, ipv6: 48} as const;

/**
 * Whether an address is one of these interfaces, or of the networks behind them: what listens on a machine's public address, or beside it
 * with an IPv6 address of the world, is often shut to the world by a firewall that we stand behind.
 */
export function ownNetworks(interfaces: readonly Interface[]): (address: Address) => boolean {
  const own = new BlockList();
  for (const {address, family, cidr} of interfaces) {
    const kind = family === 'IPv6' ? 'ipv6' : 'ipv4';
    own.addAddress(address, kind);
    const prefix = Number(cidr?.split('/')[1] ?? Number.NaN);
    if (prefix >= shortestPrefix[kind]) own.addSubnet(address, prefix, kind);
  }
  return ({address, family}) => own.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
