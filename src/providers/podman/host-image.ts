import {createHash} from 'node:crypto';
import {existsSync, lstatSync, readlinkSync} from 'node:fs';
import path from 'node:path';
import {type Mount, usualPath} from '../provider.ts';
import {agentId} from './ownership.ts';

/** Empty places for what is mounted, and for what programs expect to be there. */
const directories = [
  'dev',
  'etc',
  'home/agent',
  'opt',
  'proc',
  'root',
  'run/trails',
  'run/trails-egress',
  'run/trails-exchange',
  'run/trails-secrets',
  'run/trails-tmp',
  'sys',
  'usr',
  'var/lib',
  'workspace',
] as const;
/** Open to everybody: runc gives a tmpfs the mode of the directory that it hides. */
const openDirectories = ['tmp', 'var/tmp'] as const;
/** Where the machine has a link (merged /usr) the image has the same one; where it has a directory, that is mounted. */
const roots = ['bin', 'sbin', 'lib', 'lib64', 'lib32', 'libx32'] as const;
/** What tools of /usr read in /etc: certificates, alternatives, the linker's cache, time, terminals' and shells' defaults. Nothing that tells of users, hosts or keys. */
const etc = [
  ...['alternatives', 'ssl', 'ca-certificates', 'pki', 'crypto-policies', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d'],
  ...['localtime', 'terminfo', 'inputrc', 'bash.bashrc', 'profile', 'profile.d', 'mime.types', 'protocols', 'services'],
  ...['java-17-openjdk', 'python3', 'python3.11', 'vim', 'magic', 'fonts', 'perl'],
] as const;

const kind = (file: string) => {
  const found = lstatSync(file, {throwIfNoEntry: false});
  return !found ? 'none' : found.isSymbolicLink() ? 'link' : found.isDirectory() ? 'directory' : 'file';
};

const blockBytes = 512;

/** One entry of a ustar archive, as far as empty directories, links and short files need it. */
function tarEntry(name: string, type: '5' | '2' | '0', link = '', content = '', mode = type === '5' ? 0o755 : 0o644) {
  const header = Buffer.alloc(blockBytes);
  const put = (text: string, at: number) => header.write(text, at, 'latin1');
  put(name, 0);
  put(`${mode.toString(8).padStart(7, '0')}\0`, 100);
  put('0000000\0', 108);
  put('0000000\0', 116);
  put(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  put('00000000000\0', 136);
  put('        ', 148);
  put(type, 156);
  put(link, 157);
  put('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const body = Buffer.alloc(Math.ceil(content.length / blockBytes) * blockBytes);
  body.write(content, 'latin1');
  return Buffer.concat([header, body]);
}

const users = `root:x:0:0:root:/root:/bin/bash\nagent:x:${agentId}:${agentId}:agent:/home/agent:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n`;
const groups = `root:x:0:\nagent:x:${agentId}:\nnogroup:x:65534:\n`;

export interface HostImage {
  readonly reference: string;
  /** A few kilobytes: the whole file system, without what is mounted. */
  readonly tar: Buffer;
  readonly mounts: readonly Mount[];
}

/** The machine's own tools as an image: empty mount points, and the machine's /usr and a few files of /etc read-only. */
export function hostImage(root = '/'): HostImage {
  const at = (name: string) => path.join(root, name);
  const links = roots.filter(name => kind(at(name)) === 'link');
  const mounted = roots.filter(name => kind(at(name)) === 'directory');
  const fromEtc = etc.filter(name => existsSync(at(`etc/${name}`)));
  const targets = fromEtc.map(name => ({name, directory: lstatSync(at(`etc/${name}`)).isDirectory()}));
  const entries = [
    ...[...directories, ...mounted].map(name => tarEntry(`${name}/`, '5')),
    ...openDirectories.map(name => tarEntry(`${name}/`, '5', '', '', 0o1777)),
    ...links.map(name => tarEntry(name, '2', readlinkSync(at(name)))),
    ...targets.map(({name, directory}) => (directory ? tarEntry(`etc/${name}/`, '5') : tarEntry(`etc/${name}`, '0'))),
    tarEntry('etc/passwd', '0', '', users),
    tarEntry('etc/group', '0', '', groups),
    tarEntry('etc/nsswitch.conf', '0', '', 'passwd: files\ngroup: files\nhosts: files dns\n'),
    Buffer.alloc(blockBytes * 2),
  ];
  const tar = Buffer.concat(entries);
  const mount = (name: string): Mount => ({source: at(name), target: `/${name}`, readOnly: true});
  return {
    reference: `localhost/trails-host:${createHash('sha256').update(tar).digest('hex').slice(0, 12)}`,
    tar,
    mounts: ['usr', ...mounted, ...fromEtc.map(name => `etc/${name}`)].map(mount),
  };
}

/** Programs that a person installed outside /usr are found by their own PATH entries below /opt only when that is mounted: it is not. */
export const hostEnv: Readonly<Record<string, string>> = {
  PATH: usualPath,
};
