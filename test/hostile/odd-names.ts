import {readdirSync} from 'node:fs';
import type {Attack} from './attack.ts';

const hit = '"$CANARY" hit';
/** Written as `printf` reads it. */
interface Name {
  readonly is: string;
  readonly printf: string;
  /** What a terminal or a reader falls for, as `grep -P` finds it in a plain list. */
  readonly shows: string;
}

const names: readonly Name[] = [
  {is: 'a newline', printf: 'a\\nb', shows: '^b$'},
  {is: 'ESC sequences', printf: '\\033]0;title\\007\\033[2Jx', shows: '\\x1b\\[2J'},
  {is: 'bidi marks', printf: 'exe.\\342\\200\\256txt.sh', shows: '\\xe2\\x80\\xae'},
  {is: 'C1 controls', printf: '\\302\\2332Jx', shows: '\\xc2\\x9b'},
  {is: 'no UTF-8', printf: '\\377\\376\\200', shows: '\\xff\\xfe'},
  {is: '255 bytes', printf: 'n'.repeat(255), shows: 'n{255}'},
  {is: 'options', printf: '--help', shows: '^--help$'},
  {is: 'what a shell runs', printf: '$(touch pwned);`touch pwned`', shows: 'touch'},
  {is: 'what git takes for a pattern', printf: ':(exclude)*', shows: 'exclude'},
  {is: 'quotes and backslashes', printf: '"\\134" \\047', shows: '"'},
];

const bytesOf = (directory: string): readonly string[] => readdirSync(directory, 'latin1').sort();

export const nameAttacks: readonly Attack[] = [
  ...names.map(
    ({is, printf, shows}): Attack => ({
      name: is,
      plant: `name="$(printf '%b' '${printf.replaceAll("'", "'\\''").replace(/\\([0-7]{3})/g, '\\0$1')}')"; echo odd > "./$name"; mkdir -p "in/$name"; echo odd > "in/$name/x"`,
      canary: `ls | LC_ALL=C grep -aqP '${shows}' && ${hit}`,
      holds: ({user}, {paths}) => {
        if (bytesOf(user).length < 7) throw new Error(`it did not come: ${bytesOf(user)}`);
        if (paths.filter(path => path.startsWith('in/')).length !== 1) throw new Error(`it is not told: ${paths}`);
      },
    }),
  ),
  {
    name: 'a path of 4,000 characters',
    plant: `perl -e 'my $n = "d" x 200; for (1..19) { mkdir $n; chdir $n } open my $f, ">", "f" x 180; print $f "deep\\n"'`,
    canary: `find . -type f | grep -qE '.{3990}' && ${hit}`,
    holds: (_, {paths}) => {
      if (!paths.some(path => path.length > 3900)) throw new Error('it is not told');
    },
  },
  {
    name: 'a path that is longer than any program takes',
    plant: `perl -e 'my $n = "d" x 200; for (1..30) { mkdir $n; chdir $n } open my $f, ">", "f"; print $f "deep\\n"'`,
    canary: `git add -A; git status --porcelain | grep -q 'd{200}' || ${hit}`,
    says: /a path in it is too long|cannot be read/,
  },
  {
    name: 'names that are the same but for their case',
    plant: 'echo a > Readme; echo b > README; echo c > readme',
    canary: `test "$(ls | grep -ic '^readme$')" = 3 && ${hit}`,
  },
];
