import {execFileSync} from 'node:child_process';
import {lstatSync} from 'node:fs';
import path from 'node:path';
import type {Attack} from './attack.ts';
import type {Scene} from './scene.ts';

const hit = '"$CANARY" hit';
const hangs = (command: string) => `timeout 2 ${command}; test $? = 124 && ${hit}`;
const showsSecret = (file: string) =>
  `cp -rL ${file} ../copy-of; grep -rq secret ../copy-of && ${hit}; rm -rf ../copy-of`;

/** Of what a plain copy follows. */
const links: readonly (readonly [name: string, plant: string, file: string, says: RegExp])[] = [
  ['an absolute link', 'ln -s "$OUTSIDE/secret" out', 'out', /out: it is a link to an absolute path/],
  [
    'a link by ..',
    'ln -s "$(realpath --relative-to=. "$OUTSIDE")/secret" out; mkdir ../outside 2>/dev/null',
    '$OUTSIDE/secret',
    /out: it is a link that leads out/,
  ],
  [
    'a link through /proc',
    'ln -s "/proc/self/root$OUTSIDE/secret" out',
    'out',
    /out: it is a link to an absolute path/,
  ],
  [
    'a link to what is open',
    'ln -s /proc/self/fd fd; ln -s /proc/self/environ env',
    '"$OUTSIDE/secret"',
    /env: it is a link to an absolute path/,
  ],
  [
    'a chain of links',
    'ln -s "$OUTSIDE" a; ln -s a b; ln -s b/secret c',
    'c',
    /a: it is a link to an absolute path[\s\S]*c: it is a link that leads out, through another one/,
  ],
  [
    'a link in place of a file',
    'ln -sf "$OUTSIDE/secret" file.txt',
    'file.txt',
    /file.txt: it is a link to an absolute path/,
  ],
  [
    'a link in place of a directory',
    'rm -r dir; ln -s "$OUTSIDE/dir" dir',
    'dir/inner.txt',
    /dir: it is a link to an absolute path/,
  ],
  [
    'a link into .git',
    'ln -s .git/config cfg; printf secret >> .git/description',
    '.git/description',
    /cfg: it is a link into .git/,
  ],
];

const device = (type: string) => `mknod dev ${type}`;

/** Only root can make one; elsewhere there is nothing to test. */
export const canMakeDevices = (() => {
  const file = `/tmp/trails-device-${process.pid}`;
  try {
    execFileSync('mknod', [file, 'c', '1', '5'], {stdio: 'ignore'});
    execFileSync('rm', ['-f', file]);
    return true;
  } catch {
    return false;
  }
})();

const modeOf = ({user}: Scene, file: string): number => lstatSync(path.join(user, file)).mode & 0o7777;
const expectMode = (scene: Scene, file: string, wanted: number) => {
  const found = modeOf(scene, file);
  if (found !== wanted) throw new Error(`${file} has the mode ${found.toString(8)}`);
};

const pipes: readonly Attack[] = ['file.txt', '.gitignore', '.gitattributes', 'dir/pipe'].map(name => ({
  name: `${name} is a FIFO`,
  plant: `rm -f ${name}; mkfifo ${name}`,
  canary: hangs(`cat ${name}`),
  says: new RegExp(`${name}: (a FIFO|not a regular file)`),
}));

const socket = `perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "sock", Listen => 1) or die'`;

const kinds: readonly Attack[] = [
  {name: 'a socket', plant: socket, canary: `cat sock || ${hit}`, says: /sock: a socket/},
  {
    name: 'a socket in place of a file',
    plant: `rm file.txt; ${socket}; mv sock file.txt`,
    canary: `cat file.txt || ${hit}`,
    says: /file.txt: a socket/,
  },
  ...(canMakeDevices
    ? [
        {name: 'a device that never ends', plant: device('c 1 5'), canary: hangs('cat dev'), says: /dev: a device/},
        {
          name: 'a disk',
          plant: device('b 7 250'),
          canary: `tar c dev | tar x -C ..; test -b ../dev && ${hit}; rm -f ../dev`,
          says: /dev: a device/,
        },
      ]
    : []),
  {
    name: 'a hard link to a file of the user',
    plant: 'ln "$OUTSIDE/secret" hard',
    canary: `test "$(stat -c %h "$OUTSIDE/secret")" = 2 && ${hit}`,
    holdsSecret: true,
    holds: ({user}) => {
      const {nlink} = lstatSync(path.join(user, 'hard'));
      if (nlink !== 1) throw new Error(`it has ${nlink} names`);
    },
  },
  {
    name: 'setuid, setgid and sticky',
    plant: 'cp /bin/true suid; chmod 6755 suid; chmod 1777 dir; echo x > dir/x; chmod 4644 run.sh',
    canary: `cp -p suid ../copy-of; test -u ../copy-of && ${hit}; rm ../copy-of`,
    holds: scene => {
      expectMode(scene, 'suid', 0o755);
      expectMode(scene, 'run.sh', 0o644);
      expectMode(scene, 'dir', 0o755);
    },
  },
  {
    name: 'directories that nobody may enter',
    plant: 'mkdir -p shut/in; echo x > shut/in/x; chmod 000 shut/in; chmod 555 shut dir',
    canary: `su -s /bin/sh nobody -c 'rm -rf shut'; test -e shut && ${hit}`,
  },
];

const gitNames = ['.GIT', '.Git', '.git ', '.git.', 'git~1', 'GIT~1', '.git::$INDEX_ALLOCATION', '.g\u200cit'];
const twins: readonly Attack[] = gitNames.map(name => ({
  name: `${JSON.stringify(name)} as a directory`,
  plant: `mkdir '${name}' dir/'${name}'; printf '[core]\\n\\tfsmonitor = %s hit\\n' "$CANARY" > '${name}/config'; cp '${name}/config' dir/'${name}'/config`,
  // What such a file system would make of it.
  canary: `cp -r '${name}' ../copy-of; cat ../copy-of/config >> .git/config; rm -r ../copy-of; git status`,
  says: /named like git|what some file systems take for it/,
  holds: ({git}) => {
    const names = git('-c', 'core.quotePath=false', 'log', '--all', '--name-only', '--format=');
    if (names.includes('config')) throw new Error(`it came into the repository: ${names}`);
  },
}));

export const fileAttacks: readonly Attack[] = [
  ...links.map(([name, plant, file, says]) => ({name, plant, canary: showsSecret(file), says})),
  ...pipes,
  ...kinds,
  ...twins,
  {
    name: '.gitmodules is a link',
    plant: 'ln -s dir/inner.txt .gitmodules',
    canary: `git -c user.name=a -c user.email=a commit -qm x; git add .gitmodules; git commit -qm x; test -L .gitmodules && ${hit}`,
    says: /\.gitmodules/,
    holds: ({git}) => {
      if (!git('log', '--all', '--name-only', '--format=').includes('new.txt'))
        throw new Error('the rest did not come');
    },
  },
];
