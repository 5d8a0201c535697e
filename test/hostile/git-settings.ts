import type {Attack} from './attack.ts';

const setting = (name: string, value: string) => `git config '${name}' "${value}"`;
const driver = (line: string) => `echo '* ${line}' >> .gitattributes`;
const hook = (name: string) =>
  `mkdir -p .git/hooks; printf '#!/bin/sh\\nexec "%s" hit\\n' "$CANARY" > .git/hooks/${name}; chmod +x .git/hooks/${name}`;
const commit = 'git commit -qam plain';
const hang = (command: string) => `timeout 2 ${command}; test $? = 124 && "$CANARY" hit`;

const hooks: readonly (readonly [name: string, plain: string])[] = [
  ['pre-commit', commit],
  ['post-commit', commit],
  ['post-checkout', 'git checkout -q -b other'],
  ['reference-transaction', 'git branch other'],
  ['post-index-change', 'git add -A'],
  [
    'post-merge',
    'git stash -q; git checkout -q -b a; git commit -q --allow-empty -m a; git checkout -q -; git merge -q a',
  ],
  ['pre-push', 'git init -q --bare ../copy-target; git push -q ../copy-target HEAD:x; rm -rf ../copy-target'],
];

/** Programs that a repository's own settings name. */
const programs: readonly (readonly [name: string, plant: string, plain: string])[] = [
  ['core.fsmonitor', setting('core.fsmonitor', '$CANARY hit'), 'git status'],
  [
    'core.hooksPath',
    `${hook('post-checkout')}; mv .git/hooks evil; ${setting('core.hooksPath', 'evil')}`,
    'git checkout -qb x',
  ],
  ['diff.external', setting('diff.external', '$CANARY hit'), 'git diff'],
  ['textconv', `${driver('diff=evil')}; ${setting('diff.evil.textconv', '$CANARY hit')}`, 'git diff'],
  ['a diff driver', `${driver('diff=evil')}; ${setting('diff.evil.command', '$CANARY hit')}`, 'git diff'],
  ['a clean filter', `${driver('filter=evil')}; ${setting('filter.evil.clean', '$CANARY hit')}`, 'git status'],
  [
    'a smudge filter',
    `${driver('filter=evil')}; ${setting('filter.evil.smudge', '$CANARY hit')}`,
    'git checkout -f -- file.txt',
  ],
  ['a filter process', `${driver('filter=evil')}; ${setting('filter.evil.process', '$CANARY hit')}`, 'git status'],
  [
    'a merge driver',
    `${driver('merge=evil')}; ${setting('merge.evil.driver', '$CANARY hit')}`,
    `${commit}; git checkout -qb a HEAD~1; echo zero >> file.txt; cp ../copy/.gitattributes . 2>/dev/null; ${commit}; git merge -q @{-1}`,
  ],
  [
    'core.sshCommand',
    `${setting('core.sshCommand', '$CANARY hit')}; ${setting('remote.origin.url', 'ssh://127.0.0.1/x')}`,
    'git fetch',
  ],
  [
    'include.path',
    `git config -f evil.cfg core.fsmonitor "$CANARY hit"; ${setting('include.path', '$PWD/evil.cfg')}`,
    'git status',
  ],
  [
    'includeIf',
    `git config -f evil.cfg core.fsmonitor "$CANARY hit"; ${setting('includeIf.gitdir:/.path', '$PWD/evil.cfg')}`,
    'git status',
  ],
  [
    'gpg.program',
    `${setting('gpg.program', '$CANARY')}; ${setting('commit.gpgSign', 'true')}; ${setting('user.signingKey', 'hit')}`,
    `${commit}; grep -q . "$CANARY-notes" && "$CANARY" hit`,
  ],
  [
    'credential.helper',
    setting('credential.helper', '!$CANARY hit; :'),
    'echo url=https://127.0.0.1 | git credential fill',
  ],
  ['core.editor', setting('core.editor', '$CANARY hit'), 'git commit -a'],
  ['core.pager', setting('core.pager', '$CANARY hit'), 'git grep -O three; script -qec "git diff" /dev/null'],
  [
    'uploadpack.packObjectsHook',
    setting('uploadpack.packObjectsHook', '$CANARY hit'),
    'GIT_CONFIG_GLOBAL=$PWD/.git/config git clone -q --no-local . ../copy-of; rm -rf ../copy-of',
  ],
  ['an alias', setting('alias.st', '!$CANARY hit'), 'git st'],
  [
    'a promised object',
    ['core.repositoryFormatVersion 1', 'extensions.partialClone evil', 'remote.evil.promisor true', 'remote.evil.url .']
      .map(words => `git config ${words}`)
      .concat(setting('remote.evil.uploadpack', '$CANARY hit;'))
      .join('; '),
    'git cat-file -p 1234567890123456789012345678901234567890',
  ],
];

/** Where a repository says that it, or a part of it, is elsewhere. */
const elsewhere: readonly Attack[] = [
  {
    name: '.git is a file that names another repository',
    plant: 'rm -rf .git; echo "gitdir: $OUTSIDE/other/.git" > .git',
    canary: 'git status; grep -q other "$CANARY-notes" && "$CANARY" hit',
  },
  {
    name: '.git is a link to another repository',
    plant: 'rm -rf .git; ln -s "$OUTSIDE/other/.git" .git',
    canary: 'git status; grep -q other "$CANARY-notes" && "$CANARY" hit',
  },
  {
    name: '.git shares what another repository has',
    plant: 'echo "$OUTSIDE/other/.git" > .git/commondir',
    canary: 'git status; grep -q other "$CANARY-notes" && "$CANARY" hit',
  },
  {
    name: 'the work tree is elsewhere',
    plant: setting('core.worktree', '$OUTSIDE/empty'),
    canary: 'git checkout -f HEAD -- .; test -e "$OUTSIDE/empty/file.txt" && "$CANARY" hit; rm -rf "$OUTSIDE"/empty/*',
  },
  {
    name: 'objects of another repository',
    plant:
      'echo "$OUTSIDE/other/.git/objects" > .git/objects/info/alternates; cp "$OUTSIDE/other/.git/refs/heads/main" .git/refs/heads/stolen 2>/dev/null',
    canary: 'git show stolen:file.txt | grep -q secret && "$CANARY" hit',
  },
  {
    name: 'objects of another repository, by a relative path',
    plant:
      'printf "%s\\n" "../../$(realpath --relative-to=.git/objects/../.. "$OUTSIDE")/other/.git/objects" > .git/objects/info/alternates; git -C "$OUTSIDE/other" rev-parse HEAD > .git/refs/heads/stolen',
    canary:
      'echo "$OUTSIDE/other/.git/objects" > .git/objects/info/alternates; git show stolen:file.txt | grep -q secret && "$CANARY" hit',
  },
  {
    name: 'a commit that is replaced by another one',
    plant: 'git replace HEAD $(git -c user.name=a -c user.email=a commit-tree HEAD^{tree} -m lie)',
    canary: 'test "$(git log -1 --format=%s)" = lie && "$CANARY" hit',
    holds: ({git}) => expectNoLie(git('log', '--all', '--format=%s')),
  },
  {
    name: 'a history that is grafted',
    plant:
      'mkdir -p .git/info; echo "$(git rev-parse HEAD) $(git -c user.name=a -c user.email=a commit-tree HEAD^{tree} -m lie)" > .git/info/grafts',
    canary: 'git log --format=%s | grep -q lie && "$CANARY" hit',
    holds: ({git}) => expectNoLie(git('log', '--all', '--format=%s')),
  },
];

const expectNoLie = (log: string) => {
  if (log.split('\n').includes('lie')) throw new Error('the lie came along');
};

const nested = 'git init -q nested; git -C nested -c user.name=a -c user.email=a commit -q --allow-empty -m nested';

const repositoriesWithin: readonly Attack[] = [
  {
    name: 'a nested repository',
    plant: `${nested}; git -C nested config core.fsmonitor "$CANARY hit"`,
    canary: 'cd nested; git status',
  },
  {
    name: 'a nested repository with filters, as a submodule',
    plant: `${nested}; cd nested; ${driver('filter=evil')}; ${setting('filter.evil.clean', '$CANARY hit')}; cd ..; git add nested 2>/dev/null; echo x > nested/x`,
    canary: 'git -C nested add -A; git status',
  },
  {
    name: 'a submodule whose update is a command',
    plant: `${nested}; git add nested 2>/dev/null; printf '[submodule "x"]\\n\\tpath = nested\\n\\turl = ./nested\\n' > .gitmodules; ${setting('submodule.x.update', '!$CANARY hit; :')}; ${setting('submodule.x.url', './nested')}`,
    canary: 'git -C nested -c user.name=a -c user.email=a commit -q --allow-empty -m more; git submodule update',
  },
  {
    name: 'a submodule whose address is a command',
    plant: `git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),sub; printf '[submodule "x"]\\n\\tpath = sub\\n\\turl = ext::%s hit\\n' "$CANARY" > .gitmodules`,
    canary: 'git -c protocol.ext.allow=always submodule update --init',
  },
  {
    name: 'a submodule whose address is an option',
    unappliable: true,
    plant: `git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),sub; printf '[submodule "x"]\\n\\tpath = sub\\n\\turl = -u%s\\n' "$CANARY" > .gitmodules`,
    canary: 'git config -f .gitmodules submodule.x.url | grep -q "^-u" && "$CANARY" hit',
    says: /gitmodules/i,
  },
];

/** What hides a change from git. */
const hiding: readonly Attack[] = [
  {
    name: 'info/exclude',
    plant: 'mkdir -p .git/info; echo "*" > .git/info/exclude',
    canary: 'git status --porcelain | grep -q new.txt || "$CANARY" hit',
  },
  {
    name: 'core.excludesFile',
    plant: `echo '*' > .git/all; ${setting('core.excludesFile', '$PWD/.git/all')}`,
    canary: 'git config core.excludesFile .git/all; git status --porcelain | grep -q new.txt || "$CANARY" hit',
  },
  {
    name: 'assume-unchanged',
    plant: 'git update-index --assume-unchanged file.txt',
    canary: 'git status --porcelain | grep -q file.txt || "$CANARY" hit',
  },
  {
    name: 'skip-worktree',
    plant: 'git update-index --skip-worktree file.txt',
    canary: 'git status --porcelain | grep -q file.txt || "$CANARY" hit',
  },
  {
    name: 'a change of the same size and time',
    plant:
      'git checkout -q file.txt; sleep 1.1; touch -d @1500000000 file.txt; git update-index --refresh -q; printf "one\\nTWO\\n" > file.txt; touch -d @1500000000 file.txt; git config core.trustctime false; git config core.checkStat minimal',
    canary: 'git status --porcelain | grep -q file.txt || "$CANARY" hit',
  },
  {name: 'an index.lock that was left', plant: 'touch .git/index.lock', canary: 'git add -A || "$CANARY" hit'},
  {
    name: 'an index that is garbage',
    plant: 'head -c 5000 /dev/urandom > .git/index',
    canary: 'git status || "$CANARY" hit',
  },
].map(attack => ({...attack, holds: (_, {paths}) => expectPaths(paths)}));

function expectPaths(paths: readonly string[]): void {
  for (const path of ['file.txt', 'new.txt']) if (!paths.includes(path)) throw new Error(`${path} is hidden: ${paths}`);
}

const pipes: readonly Attack[] = ['HEAD', 'index', 'config', 'packed-refs'].map(name => ({
  name: `.git/${name} is a FIFO`,
  plant: `rm -f .git/${name}; mkfifo .git/${name}`,
  canary: hang('git status'),
}));

const bytes: readonly Attack[] = [
  {
    name: 'ident',
    plant: `${driver('ident')}; printf '$Id$\\n' > ident.txt`,
    canary: `git add -A; git -c user.name=a -c user.email=a commit -qm x; rm ident.txt; git checkout ident.txt; grep -q 'Id:' ident.txt && "$CANARY" hit`,
  },
  {
    name: 'working-tree-encoding',
    plant: `echo 'odd.txt working-tree-encoding=UTF-16' >> .gitattributes; printf 'x' > odd.txt`,
    canary: 'git add -A || "$CANARY" hit',
  },
  {
    name: 'export-subst',
    plant: `${driver('export-subst')}; printf '$Format:%%H$\\n' > subst.txt`,
    canary: `git add -A; git -c user.name=a -c user.email=a commit -qm x; git archive HEAD subst.txt | tar xO | grep -q Format || "$CANARY" hit`,
  },
];

export const gitAttacks: readonly Attack[] = [
  ...hooks.map(([name, canary]) => ({name: `hook ${name}`, plant: hook(name), canary})),
  ...programs.map(([name, plant, canary]) => ({name, plant, canary})),
  ...elsewhere,
  ...repositoriesWithin,
  ...hiding,
  ...pipes,
  ...bytes,
];
