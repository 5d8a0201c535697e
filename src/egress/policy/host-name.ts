import {domainToASCII} from 'node:url';

/** A host's name as everything here compares it, or what is wrong with it, in words for a person. */
export type HostName = {readonly host: string} | {readonly problem: string};

const longestName = 253;
const aLabel = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** A last part that is a number makes an address of all of it, for every library there is: 127.1, 2130706433, 0x7f.1, 0177.0.0.1. */
const aNumber = /^(?:\d+|0x[0-9a-f]*)$/;

const onlyAscii = /^[\x21-\x7e]+$/;
/** The conversion would take some of them away, and the name would be another one than was written. */
const invisible = /[\p{C}\p{Z}]/u;

/** In lower case, without a dot at its end, in the spelling of the DNS. An IP address is none, however it is written. */
export function hostName(written: string): HostName {
  if (/[:[\]%]/.test(written)) return {problem: 'is an IP address or has a port: a host name is needed'};
  if (invisible.test(written)) return {problem: 'is no host name'};
  const ascii = onlyAscii.test(written) ? written : domainToASCII(written);
  const host = ascii.toLowerCase().replace(/\.$/, '');
  if (host === '' || host.length > longestName) return {problem: 'is no host name'};
  const labels = host.split('.');
  if (aNumber.test(labels.at(-1) ?? '')) return {problem: 'is an IP address: a host name is needed'};
  return labels.every(label => aLabel.test(label)) ? {host} : {problem: 'is no host name'};
}

/** What somebody asked for, as it may be shown: without control characters, and no longer than a name can be. */
export const cleanedHost = (written: string): string =>
  written
    .replace(/[^\x21-\x7e]/g, '?')
    .toLowerCase()
    .slice(0, longestName);
