import type {Workshop} from './git-objects.ts';
import {deltaBomb} from './git-objects.ts';

/** What comes out of a sandbox as the agent's commits. */
export interface BundleAttack {
  readonly name: string;
  readonly pieces: (workshop: Workshop) => Iterable<Uint8Array>;
  readonly exitCode?: number;
  /** A script that finds the bundle as `bundle` in a copy of the user's repository: a plain command falls for it. */
  readonly canary: string;
  /** A person is told of commits that stay inside; left out: they come. */
  readonly says?: RegExp;
}

const hit = '"$CANARY" hit';
const accepts = `git -c fetch.fsckObjects=false fetch -q bundle HEAD && ${hit}`;
const refuses = `git fetch -q bundle HEAD || ${hit}`;
const hangs = (seconds: number, command: string) => `timeout -s KILL ${seconds} ${command}; test $? = 137 && ${hit}`;

const withTree = (
  name: string,
  entries: (workshop: Workshop) => readonly (readonly [string, string, string])[],
  says: RegExp,
): BundleAttack => ({
  name,
  pieces: workshop => [workshop.bundle({main: workshop.commit(workshop.tree(entries(workshop)))})],
  canary: accepts,
  says,
});

const file = (workshop: Workshop, text = 'x\n') => workshop.object('blob', text);
const directory = (workshop: Workshop) => workshop.tree([['100755', 'post-checkout', file(workshop)]]);

const trees: readonly BundleAttack[] = [
  withTree('a tree with .git in it', one => [['40000', '.git', directory(one)]], /hasDotgit/),
  withTree('a tree with .GIT in it', one => [['40000', '.GIT', directory(one)]], /hasDotgit/),
  withTree('a tree with git~1 in it', one => [['40000', 'git~1', directory(one)]], /hasDotgit/),
  withTree(
    'a tree with .g\u200cit in it',
    one => [['40000', Buffer.from('.g\u200cit').toString('latin1'), directory(one)]],
    /hasDotgit/,
  ),
  withTree('a tree with .. in it', one => [['40000', '..', directory(one)]], /hasDotdot/),
  withTree('a tree with . in it', one => [['40000', '.', directory(one)]], /hasDot/),
  withTree('a tree with a path as a name', one => [['100644', '../../out', file(one)]], /fullPathname/),
  withTree(
    'a tree with one name twice',
    one => [
      ['100644', 'a', file(one)],
      ['100644', 'a', file(one, 'y\n')],
    ],
    /duplicateEntries/,
  ),
  withTree('a tree with a link .gitmodules', one => [['120000', '.gitmodules', file(one, 'x')]], /gitmodulesSymlink/),
  withTree(
    '.gitmodules with an option for an address',
    one => [['100644', '.gitmodules', file(one, '[submodule "x"]\n\tpath = x\n\turl = -ux\n')]],
    /gitmodulesUrl/,
  ),
  withTree(
    '.gitmodules with a name that leads out',
    one => [['100644', '.gitmodules', file(one, '[submodule "../../x"]\n\tpath = x\n\turl = ./x\n')]],
    /gitmodulesName/,
  ),
  withTree(
    '.gitmodules with a command',
    one => [['100644', '.gitmodules', file(one, '[submodule "x"]\n\tpath = x\n\turl = ./x\n\tupdate = !x\n')]],
    /gitmodulesUpdate/,
  ),
];

const good = (workshop: Workshop) =>
  workshop.bundle({main: workshop.commit(workshop.tree([['100644', 'a', file(workshop)]]))});
const edited = (workshop: Workshop, edit: (header: string, base: string) => string): Buffer => {
  const bytes = good(workshop);
  const end = bytes.indexOf('\n\n') + 2;
  return Buffer.concat([Buffer.from(edit(bytes.toString('latin1', 0, end), workshop.base)), bytes.subarray(end)]);
};
const aMegabyte = Buffer.alloc(2 ** 20, 'no bundle\n');

const broken: readonly BundleAttack[] = [
  {
    name: 'garbage',
    pieces: () => [Buffer.from('what a git of the agent prints\n')],
    canary: refuses,
    says: /does not look like|not recognized|not a bundle/i,
  },
  {name: 'nothing', pieces: () => [], canary: refuses, says: /commits/},
  {
    name: 'a bundle that breaks off',
    pieces: one => [good(one).subarray(0, -30)],
    canary: refuses,
    says: /early EOF|index-pack/,
  },
  {
    name: 'a bundle with a bit turned',
    pieces: one => [Buffer.from(good(one).map((byte, at, all) => (at === all.length - 25 ? byte ^ 1 : byte)))],
    canary: refuses,
    says: /inflate|mismatch|index-pack|corrupt/,
  },
  {
    name: 'a bundle that needs what nobody has',
    pieces: one => [edited(one, (header, base) => header.replace(`-${base}`, `-${'12'.repeat(20)}`))],
    canary: refuses,
    says: /lacks/,
  },
  {
    name: 'a bundle with an unknown ability',
    pieces: one => [edited(one, header => header.replace('# v2 git bundle\n', '# v3 git bundle\n@evil=1\n'))],
    canary: refuses,
    says: /unknown capability/,
  },
  {
    name: 'a branch whose name leads out',
    pieces: one => [
      edited(one, header =>
        header.replace(/ HEAD\n/, ' HEAD\n').replace(/\n([0-9a-f]{40}) HEAD/, '\n$1 HEAD\n$1 refs/heads/../../x'),
      ),
    ],
    canary: `git bundle list-heads bundle | grep -q '\\.\\./x' && ${hit}`,
    says: /refspec|commits/,
  },
  {
    name: 'a branch whose name is an option',
    pieces: one => [
      edited(one, header => header.replace(/\n([0-9a-f]{40}) HEAD/, '\n$1 HEAD\n$1 refs/heads/--upload-pack=x')),
    ],
    canary: `git bundle list-heads bundle | grep -q upload-pack && ${hit}`,
  },
  {
    name: 'refs of ours',
    pieces: one => [
      edited(one, header =>
        header.replace(/\n([0-9a-f]{40}) HEAD/, '\n$1 HEAD\n$1 refs/trails/made\n$1 refs/remotes/origin/main'),
      ),
    ],
    canary: `git fetch -q bundle 'refs/*:refs/*' && git rev-parse -q --verify refs/trails/made && ${hit}`,
  },
  {
    name: '20,000 branches',
    pieces: one => [
      edited(one, header =>
        header.replace(
          /\n([0-9a-f]{40}) HEAD/,
          (_, id) => `\n${id} HEAD${Array.from({length: 20_000}, (_, n) => `\n${id} refs/heads/x${n}`).join('')}`,
        ),
      ),
    ],
    canary: `git fetch -q bundle 'refs/*:refs/x/*'; test "$(git for-each-ref | wc -l)" -gt 20000 && ${hit}`,
    says: /had to be ended|more than 200 branches/,
  },
  {
    name: 'a filtered bundle, whose files are missing',
    pieces: one => [edited(one, header => header.replace('# v2 git bundle\n', '# v3 git bundle\n@filter=blob:none\n'))],
    canary: `head -2 bundle | grep -q filter && ${hit}`,
  },
  {name: 'a git that fails', pieces: () => [aMegabyte], exitCode: 3, canary: refuses, says: /git ended with 3/},
];

/** Each level has the one below it ten times: 10⁹ files in a few trees. */
const billions = (workshop: Workshop): string => {
  let tree = workshop.tree([['100644', 'f', file(workshop)]]);
  for (let level = 0; level < 9; level++)
    tree = workshop.tree(Array.from({length: 10}, (_, n) => ['40000', `d${n}`, tree] as const));
  return tree;
};

const bombs: readonly BundleAttack[] = [
  {
    name: 'a commit of 10⁹ files',
    pieces: one => [one.bundle({main: one.commit(billions(one))})],
    canary: `git fetch -q bundle HEAD; ${hangs(3, 'git ls-tree -r FETCH_HEAD > /dev/null')}`,
    says: /more files than can be listed/,
  },
  {
    name: 'a file of 256 MB that is a quarter of one as it comes',
    pieces: one => {
      const big = Buffer.alloc(2 ** 28);
      return [one.bundle({main: one.commit(one.tree([['100644', 'big', one.object('blob', big)]]))})];
    },
    canary: `git fetch -q bundle HEAD; test "$(git cat-file -s FETCH_HEAD:big)" = 268435456 && ${hit}`,
  },
  {
    name: 'a file of 64 GB made of copies of one',
    pieces: one => [deltaBomb(`# v2 git bundle\n${one.commit(one.tree([['100644', 'a', file(one)]]))} HEAD\n\n`, 4096)],
    canary: hangs(1, 'sh -c "ulimit -v 4000000; git fetch -q bundle HEAD || sleep 5"'),
    says: /over limit|allocate|index-pack/,
  },
  {
    name: 'a subject of 50 MB',
    pieces: one => [
      one.bundle({main: one.commit(one.tree([['100644', 'a', file(one)]]), [one.base], 'x'.repeat(50 * 2 ** 20))}),
    ],
    canary: `git fetch -q bundle HEAD; test "$(git log -1 --format=%s FETCH_HEAD | wc -c)" -gt 50000000 && ${hit}`,
  },
];

export const bundleAttacks: readonly BundleAttack[] = [...trees, ...broken, ...bombs];
