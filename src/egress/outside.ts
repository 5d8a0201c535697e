import {lookup} from 'node:dns/promises';
import net from 'node:net';
import {networkInterfaces} from 'node:os';
import type {Address} from './policy/addresses.ts';
import {ownNetworks} from './policy/own-networks.ts';

/** The internet, handed in so that tests own it. */
export interface Outside {
  resolve(host: string): Promise<readonly Address[]>;
  /** A connection on its way to exactly this address. */
  dial(address: Address, port: number): net.Socket;
  /** Whether it is an address of this machine, or of a network that it is in, however public its number is. */
  isOwn(address: Address): boolean;
  /** Certificates that are trusted besides the usual ones. */
  readonly ca?: string;
}

export const theInternet: Outside = {
  async resolve(host) {
    const found = await lookup(host, {all: true, order: 'verbatim'});
    return found.map(({address, family}) => ({address, family: family === 6 ? 6 : 4}));
  },
  // Anew for each: a VPN comes and goes.
  isOwn: address => ownNetworks(Object.values(networkInterfaces()).flatMap(found => found ?? []))(address),
  dial: ({address}, port) => net.connect({host: address, port, allowHalfOpen: true, noDelay: true, keepAlive: true}),
};
