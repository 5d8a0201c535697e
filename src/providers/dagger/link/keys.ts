import {readFileSync} from 'node:fs';
import path from 'node:path';
import ssh2 from 'ssh2';
import {AppError} from '../../../errors.ts';
import {privateDirectory, writeWhole} from '../../../lib/files.ts';
import type {LinkKeys} from './link.ts';

/** The wire form within a line of an authorized_keys file, base64. */
const wireOf = (line: string): string => line.split(' ')[1] ?? '';

const isKey = (openssh: string): boolean => !(ssh2.utils.parseKey(openssh) instanceof Error);

/** ssh2 1.17 writes one in 256 as a key that it cannot read: it takes a zero at the beginning of its public part for padding. */
function makePair(): ReturnType<typeof ssh2.utils.generateKeyPairSync> {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (isKey(pair.private)) return pair;
  }
}

/** Keys for one environment. */
export function makeKeys(): LinkKeys {
  const [ours, host] = [makePair(), makePair()];
  return {
    ours: ours.private,
    oursPublic: ours.public.trim(),
    host: host.private,
    hostPublic: wireOf(host.public),
  };
}

const fileIn = (directory: string) => path.join(directory, 'link-keys.json');

/** Writes them down in a directory that only we can enter. */
export function keepKeys(directory: string, keys: LinkKeys): void {
  writeWhole(fileIn(privateDirectory(directory)), JSON.stringify(keys));
}

/** Throws STATE_UNUSABLE when they are not there any more, or are no keys. */
export function keptKeys(directory: string): LinkKeys {
  try {
    const {ours, oursPublic, host, hostPublic} = JSON.parse(readFileSync(fileIn(directory), 'utf8'));
    const keys = {ours, oursPublic, host, hostPublic};
    if (!Object.values(keys).every(value => typeof value === 'string' && value !== ''))
      throw new Error('a part of it is missing');
    if (!isKey(ours)) throw new Error('it holds no key');
    return keys;
  } catch (cause) {
    throw new AppError('STATE_UNUSABLE', `Cannot use ${fileIn(directory)}: ${(cause as Error).message}`, {cause});
  }
}

/** What is at some place of a key file: each thing behind its length. */
function reader(bytes: Buffer) {
  let at = 0;
  return {
    skip(count: number) {
      at += count;
    },
    field(): Buffer {
      const start = at + 4;
      at = start + bytes.readUInt32BE(at);
      return bytes.subarray(start, at);
    },
  };
}

const behindLength = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** A host key as dropbear takes it: its kind, then seed and public key together, which stand in the OpenSSH form as well. */
export function dropbearForm(openssh: string): Buffer {
  const file = reader(Buffer.from(openssh.replace(/-----.*-----|\s/g, ''), 'base64'));
  file.skip('openssh-key-v1\0'.length);
  // Cipher, how its key is made and from what: there is none.
  for (let count = 0; count < 3; count += 1) file.field();
  const howMany = 4;
  file.skip(howMany);
  file.field();
  const inner = reader(file.field());
  const twoChecks = 8;
  inner.skip(twoChecks);
  const kind = inner.field();
  inner.field();
  return Buffer.concat([behindLength(kind), behindLength(inner.field())]);
}
