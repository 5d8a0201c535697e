import {createHash} from 'node:crypto';
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {deflateSync} from 'node:zlib';
import {userGit} from '../../workspaces/shadow/git.ts';
import type {Files} from './project.ts';

const author = {name: 'Sam Shopkeeper', email: 'sam@shop.example'};
const committedAt = '1763000000 +0000';

/** A git object by its id. */
type Objects = ReadonlyMap<string, Buffer>;

/** One commit with these files: what git would make of them, worked out without git, so that its id is known before there is a repository. */
export function commitOf(files: Files): {readonly commit: string; readonly objects: Objects} {
  const objects = new Map<string, Buffer>();
  const put = (kind: string, content: Buffer): string => {
    const whole = Buffer.concat([Buffer.from(`${kind} ${content.length}\0`), content]);
    const id = createHash('sha1').update(whole).digest('hex');
    objects.set(id, whole);
    return id;
  };
  const treeOf = (directory: string): string => {
    const inside = Object.keys(files).filter(file => file.startsWith(directory));
    const names = [...new Set(inside.map(file => /^[^/]+\/?/.exec(file.slice(directory.length))?.[0] ?? ''))];
    // Git's order: that of bytes, a directory's name with its slash.
    const rows = names.sort().map(name => {
      const isDirectory = name.endsWith('/');
      const id = isDirectory ? treeOf(directory + name) : put('blob', Buffer.from(files[directory + name] ?? ''));
      const row = `${isDirectory ? '40000' : '100644'} ${name.replace('/', '')}\0`;
      return Buffer.concat([Buffer.from(row), Buffer.from(id, 'hex')]);
    });
    return put('tree', Buffer.concat(rows));
  };
  const who = `${author.name} <${author.email}> ${committedAt}`;
  const text = `tree ${treeOf('')}\nauthor ${who}\ncommitter ${who}\n\nCarts survive a restart\n`;
  return {commit: put('commit', Buffer.from(text)), objects};
}

/** A repository with one commit, checked out. Throws GIT_MISSING. */
export async function makeRepository(directory: string, files: Files): Promise<void> {
  const {commit, objects} = commitOf(files);
  const at = (...parts: readonly string[]) => path.join(directory, '.git', ...parts);
  mkdirSync(at('refs/heads'), {recursive: true});
  for (const [id, whole] of objects) {
    mkdirSync(at('objects', id.slice(0, 2)), {recursive: true});
    writeFileSync(at('objects', id.slice(0, 2), id.slice(2)), deflateSync(whole));
  }
  writeFileSync(at('refs/heads/main'), `${commit}\n`);
  writeFileSync(at('HEAD'), 'ref: refs/heads/main\n');
  const {name, email} = author;
  writeFileSync(
    at('config'),
    `[core]\n\trepositoryformatversion = 0\n\tbare = false\n[user]\n\tname = ${name}\n\temail = ${email}\n`,
  );
  await userGit(directory).run(['reset', '-q', '--hard']);
}
