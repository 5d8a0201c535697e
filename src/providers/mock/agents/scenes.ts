/** One thing an agent does. */
export type Step =
  | {readonly does: 'think'; readonly ms: number}
  | {readonly does: 'say'; readonly text: string}
  | {readonly does: 'use'; readonly call: string; readonly ms: number; readonly result: readonly string[]}
  | {readonly does: 'ask'; readonly command: string; readonly why: string; readonly result: readonly string[]}
  | {readonly does: 'retry'; readonly error: string; readonly everyMs: number}
  | {readonly does: 'fail'; readonly error: string}
  | {readonly does: 'exit'; readonly code: number};

export interface Scene {
  /** What it was asked; left out: it waits for a prompt. */
  readonly prompt?: string;
  readonly steps: readonly Step[];
  /** Begins anew after a pause, so that there is always something to see. */
  readonly again?: boolean;
  /** All of it was before: only how it ended is to be seen. */
  readonly past?: boolean;
}

const think = (ms: number): Step => ({does: 'think', ms});
const say = (text: string): Step => ({does: 'say', text});
const use = (call: string, ms: number, ...result: readonly string[]): Step => ({does: 'use', call, ms, result});

export const scenes: Readonly<Record<string, Scene>> = {
  tokens: {
    prompt: 'let tokens expire, and let a client refresh one in its last minutes',
    again: true,
    steps: [
      think(4000),
      say('The time to live is stored as if it were a time. I look at who reads it.'),
      use('Read(src/session/token.ts)', 1200, 'Read 19 lines'),
      use('Read(src/session/store.ts)', 900, 'Read 6 lines'),
      think(3500),
      use(
        'Update(src/session/token.ts)',
        1500,
        'Added 2 lines, removed 2 lines',
        '- const expires = ttl;',
        '+ await store.save(token, user, now() + ttl);',
      ),
      use(
        'Bash(npm test)',
        5000,
        '✓ a token leads to its user',
        '✓ a refreshed token leads to the same user',
        '2 passed',
      ),
      say('Tokens expire now, and refresh() renews one. Next: the same for carts.'),
      think(3000),
      use('Bash(npm test -- --watch=false)', 4000, '2 passed'),
    ],
  },
  migration: {
    prompt: 'keep sessions in the database instead of in memory',
    again: true,
    steps: [
      use('cat migrations/0041_users.sql', 900, 'create table users ('),
      {
        does: 'ask',
        command: 'psql -f migrations/0042_sessions.sql',
        why: 'to see that the new table can be made',
        result: ['CREATE TABLE'],
      },
      think(4000),
      use('npm test', 3500, '12 passed'),
      say('Sessions are in the table now. I run the migration once more on an empty database.'),
      think(2500),
    ],
  },
  docs: {
    past: true,
    prompt: 'bring docs/api.md up to date',
    steps: [
      use('Read(docs/api.md)', 0, 'Read 13 lines'),
      use('Update(docs/api.md)', 0, 'Added 4 lines, removed 2 lines'),
      say('docs/api.md tells what is answered now, with an example to try. All links work.'),
    ],
  },
  deploy: {
    prompt: 'one shop that does not answer must not stop the others',
    steps: [
      think(2500),
      use('cat nightly.sh', 800, 'for host in $(cat hosts.txt); do'),
      think(1500),
      {does: 'fail', error: 'stream disconnected before completion: 529 overloaded, gave up after 5 attempts'},
    ],
  },
  logging: {
    prompt: 'log one line for each request',
    again: true,
    steps: [
      think(5000),
      use('ReadFile  src/http/router.ts', 1000, 'Read lines 1-14 of 14'),
      think(3000),
      use('WriteFile  src/http/access-log.ts', 1500, 'Created src/http/access-log.ts'),
      use('Shell  npm start & curl -s localhost:8080/cart', 4000, 'GET /cart 401 0.4 ms'),
      say('Each request is one line now. I compare the times with and without it.'),
    ],
  },
  search: {
    prompt: 'make the search find words that are misspelt',
    steps: [
      use('Read(src/search/index.ts)', 900, 'Read 18 lines'),
      think(2000),
      {does: 'retry', error: '529 Overloaded', everyMs: 6000},
    ],
  },
  release: {
    past: true,
    prompt: 'release 1.4.0',
    steps: [
      use('Update(CHANGELOG.md)', 0, 'Added 4 lines'),
      use('Bash(git tag v1.4.0)', 0, '(No output)'),
      say('1.4.0 is tagged.'),
      {does: 'exit', code: 0},
    ],
  },
};

/** What comes of a prompt that a person writes. */
export const answerTo = (prompt: string): readonly Step[] => {
  const asks = /\b(ask|may|permission|run|delete)\b/i.test(prompt);
  const fails = /\bfail\b/i.test(prompt);
  return [
    think(1800),
    use('Read(README.md)', 700, 'Read 6 lines'),
    ...(asks ? [{does: 'ask', command: 'npm test', why: 'you wanted to be asked', result: ['2 passed']} as const] : []),
    ...(fails ? [{does: 'fail', error: '500 you wanted it to fail'} as const] : []),
    think(1200),
    say('Done, as far as a script can do it. Write "ask" or "fail" to see how that looks.'),
  ];
};
