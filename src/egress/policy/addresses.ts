import {BlockList, isIP} from 'node:net';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Of the special-purpose registries, what leads inside. Those for examples in texts lead nowhere, or to a machine's own mirrors. */
const closedV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8], // this host, on this network
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // behind a carrier's NAT; a cloud's metadata, too
  ['127.0.0.0', 8],
  ['168.63.129.16', 32], // public by its number, and Azure's own host all the same
  ['169.254.0.0', 16], // link-local: a cloud's metadata
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
];

/** Everything global begins so; mapped addresses, loopback, link-local, unique local and multicast do not. */
const openV6: readonly (readonly [string, number])[] = [
  ['2000::', 3],
  ['64:ff9b::', 96], // where a network reaches IPv4 by translation
];
const closedV6: readonly (readonly [string, number])[] = [
  ['2001::', 23], // Teredo and others that hold a further address
  ['2002::', 16], // 6to4 holds an IPv4 address
  // What it must not reach directly it must not reach by translation.
  ...closedV4.map(([address, bits]) => [`64:ff9b::${address}`, 96 + bits] as const),
];

const listOf = (subnets: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6') => {
  const list = new BlockList();
  for (const [address, bits] of subnets) list.addSubnet(address, bits, family);
  return list;
};
const closed4 = listOf(closedV4, 'ipv4');
const open6 = listOf(openV6, 'ipv6');
const closed6 = listOf(closedV6, 'ipv6');

/** Whether it is one of the public internet: not of this machine, its networks, its cloud, nor of a range that leads to those. */
export function isPublic({address, family}: Address): boolean {
  if (isIP(address) !== family) return false;
  if (family === 4) return !closed4.check(address, 'ipv4');
  return open6.check(address, 'ipv6') && !closed6.check(address, 'ipv6');
}
