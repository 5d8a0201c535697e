import type {Attack} from './attack.ts';

const hit = '"$CANARY" hit';
const hangs = (seconds: number, command: string) => `timeout -s KILL ${seconds} ${command}; test $? = 137 && ${hit}`;
const toldAlso =
  (...wanted: readonly string[]): NonNullable<Attack['holds']> =>
  (_, {paths}) => {
    for (const path of wanted) if (!paths.includes(path)) throw new Error(`${path} is not told`);
  };

/** Fewer files than a million, for the sake of the machine: what comes after the 300,000th is not looked at. */
const many = 310_000;

export const sizeAttacks: readonly Attack[] = [
  {
    name: 'a sparse file of 10 GB',
    plant: 'truncate -s 10G big; truncate -s 10G file.txt',
    canary: hangs(2, 'git hash-object big'),
    says: /big: too big to look into \(10\.0 GB\)/,
    holds: toldAlso('new.txt'),
  },
  {
    name: 'more than there is room for, in files that are small enough each',
    plant: 'for i in $(seq 30); do truncate -s 90M big$i; done',
    looksOnly: true,
    canary: `test "$(du -s --apparent-size -BM . | cut -dM -f1)" -gt 2500 && ${hit}`,
    says: /too much is different/,
  },
  {
    name: 'a .gitignore of 10 GB',
    plant: 'truncate -s 10G .gitignore',
    canary: `timeout -s KILL 3 git status || ${hit}`,
    says: /\.gitignore: larger than 1048576 bytes: its rules are not used/,
    holds: toldAlso('new.txt'),
  },
  {
    name: 'a .gitignore of evil patterns',
    plant: `for i in $(seq 2000); do echo '**/a*a*a*a*a*a*a*a*a*a*a*a*[!x]*b'; done > .gitignore; mkdir x; for i in $(seq 100); do : > x/$(printf 'a%.0s' $(seq 200))$i; done`,
    canary: hangs(3, `node -e '/^${'a.*'.repeat(14)}[^x].*b$/.test("a".repeat(200))'`),
    holds: toldAlso('new.txt', 'file.txt'),
  },
  {
    name: `${many} files in one directory`,
    plant: `mkdir x; perl -e 'for (1..${many}) { open my $f, ">", "x/$_" }'`,
    looksOnly: true,
    canary: `test "$(ls -f x | wc -l)" -gt ${many} && ${hit}`,
    // A busy machine does not come so far within a look's time: then there is no apply, and no removal that keeps the work.
    says: /more than 300000 files: the rest is not looked at|took more than 60 s/,
    unappliable: true,
  },
  {
    name: '10,000 directories within each other',
    plant: `perl -e 'for (1..10000) { mkdir "d"; chdir "d" } open my $f, ">", "bottom"'`,
    canary: `git add -A && git ls-files | grep -q bottom || ${hit}`,
    says: /more than 500 directories deep: not looked at/,
    holds: toldAlso('new.txt'),
  },
  {
    name: 'a ref of almost 2 GB, and 3,000 of them',
    plant: `truncate -s 1900M .git/HEAD; mkdir -p .git/refs/heads/x; perl -e 'for (1..3000) { open my $f, ">", ".git/refs/heads/x/$_"; truncate $f, 1000000 }'`,
    // It reads three thousand megabytes.
    canary: hangs(0.2, 'git for-each-ref'),
    holds: toldAlso('new.txt', 'file.txt'),
  },
];
