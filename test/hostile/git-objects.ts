import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {cpSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {deflateSync} from 'node:zlib';
import {plainEnv} from './canary.ts';
import type {Scene} from './scene.ts';

/** An agent's own repository, where any object can be written and any bundle made. */
export interface Workshop {
  readonly directory: string;
  /** The commit that the user's repository has. */
  readonly base: string;
  git(args: readonly string[], input?: Uint8Array): string;
  object(type: 'blob' | 'tree' | 'commit', content: string | Uint8Array): string;
  /** `name` and id of each entry, in this order. */
  tree(entries: readonly (readonly [mode: string, name: string, id: string])[]): string;
  commit(tree: string, parents?: readonly string[], subject?: string): string;
  /** Everything of these refs that the user does not have; `main` is what is checked out. */
  bundle(refs: Readonly<Record<string, string>>): Buffer;
}

export function openWorkshop({home, user}: Scene): Workshop {
  const directory = path.join(home, 'trails/workshop');
  cpSync(user, directory, {recursive: true});
  const git: Workshop['git'] = (args, input) => {
    const {status, stdout, stderr} = spawnSync('git', [...args], {
      ...{cwd: directory, env: plainEnv(home), maxBuffer: 2 ** 30},
      ...(input ? {input} : {}),
    });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout.toString('latin1').trim();
  };
  const base = git(['rev-parse', 'HEAD']);
  const object: Workshop['object'] = (type, content) =>
    git(['hash-object', '-w', '-t', type, '--literally', '--stdin'], Buffer.from(content));
  const person = 'Agent <agent@localhost> 1700000000 +0000';
  return {
    ...{directory, base, git, object},
    tree: entries =>
      object(
        'tree',
        Buffer.concat(
          entries.map(([mode, name, id]) =>
            Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')]),
          ),
        ),
      ),
    commit: (tree, parents = [base], subject = 'of the agent') =>
      object(
        'commit',
        `${[`tree ${tree}`, ...parents.map(id => `parent ${id}`), `author ${person}`, `committer ${person}`].join('\n')}\n\n${subject}\n`,
      ),
    bundle(refs) {
      const file = path.join(directory, 'out.bundle');
      git(['update-ref', '--no-deref', 'HEAD', refs.main ?? base]);
      const others = Object.entries(refs).filter(([name]) => name !== 'main');
      for (const [name, id] of others) git(['update-ref', `refs/heads/${name}`, id]);
      git(['bundle', 'create', '-q', file, 'HEAD', ...others.map(([name]) => `refs/heads/${name}`), '--not', base]);
      return readFileSync(file);
    },
  };
}

const sizeBytes = (type: number, size: number): Buffer => {
  const bytes = [(type << 4) | (size % 16)];
  for (let left = Math.floor(size / 16); left > 0; left = Math.floor(left / 128)) {
    bytes[bytes.length - 1]! |= 0x80;
    bytes.push(left % 128);
  }
  return Buffer.from(bytes);
};

const varint = (size: number): Buffer => {
  const bytes: number[] = [];
  for (let left = size; ; left = Math.floor(left / 128)) {
    bytes.push((left % 128) | (left >= 128 ? 0x80 : 0));
    if (left < 128) return Buffer.from(bytes);
  }
};

/** A pack of one blob and of one made from it by copying all of it `times` over: a few kilobytes that stand for gigabytes. */
export function deltaBomb(header: string, times: number): Buffer {
  const block = 0xff_00_00;
  const content = Buffer.alloc(block);
  const id = createHash('sha1').update(`blob ${block}\0`).update(content).digest();
  // Copy from 0: 0x80, with the third byte of the size alone.
  const copy = Buffer.from([0x80 | 0x40, block >> 16]);
  const delta = Buffer.concat([varint(block), varint(block * times), ...Array.from({length: times}, () => copy)]);
  const head = Buffer.from('PACK\0\0\0\u0002\0\0\0\u0002', 'latin1');
  const body = Buffer.concat([
    ...[head, sizeBytes(3, block), deflateSync(content)],
    ...[sizeBytes(7, delta.byteLength), id, deflateSync(delta)],
  ]);
  return Buffer.concat([Buffer.from(header), body, createHash('sha1').update(body).digest()]);
}
