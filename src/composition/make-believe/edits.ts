/** What the agent of a session of `--dev` has done to its files. */
export interface Edits {
  /** In this file, this text became that. */
  readonly replaced?: readonly (readonly [file: string, before: string, after: string])[];
  readonly added?: Readonly<Record<string, string>>;
  readonly deleted?: readonly string[];
  /** Files that can be executed now. */
  readonly executable?: readonly string[];
}

export const editsOf: Readonly<Record<string, Edits>> = {
  'token-refresh': {
    replaced: [
      [
        'src/session/token.ts',
        `  const expires = ttl;
  await store.save(token, user, expires);
  return token;
`,
        `  await store.save(token, user, now() + ttl);
  return token;
`,
      ],
      [
        'src/session/token.ts',
        `  return found?.user;
}
`,
        `  if (!found || found.expires <= now()) return undefined;
  return found.user;
}

/** A token in its last minutes is good for a new one. */
export async function refresh(store: Store, token: string): Promise<string | undefined> {
  const user = await userOf(store, token);
  return user && issue(store, user);
}
`,
      ],
      [
        'src/session/token.ts',
        `import type {Store} from './store.ts';
`,
        `import {now} from './clock.ts';
import type {Store} from './store.ts';
`,
      ],
      ['test/session.test.ts', `import {issue, userOf} from`, `import {issue, refresh, userOf} from`],
      [
        'test/session.test.ts',
        `'ada');
});
`,
        `'ada');
});

test('a refreshed token leads to the same user', async () => {
  const store = memoryStore();
  const token = await refresh(store, await issue(store, 'ada'));
  assert.equal(await userOf(store, token ?? ''), 'ada');
});
`,
      ],
    ],
    added: {'src/session/clock.ts': 'export const now = (): number => Date.now();\n'},
  },
  'sessions-migration': {
    replaced: [
      [
        'src/session/store.ts',
        `export {memoryStore as openStore} from './memory-store.ts';
`,
        `export {tableStore as openStore} from './table-store.ts';
`,
      ],
      ['test/session.test.ts', `'../src/session/memory-store.ts'`, `'./memory-store.ts'`],
    ],
    added: {
      'src/session/table-store.ts': `import {sql} from '../sql.ts';
import type {Store} from './store.ts';

export function tableStore(): Store {
  return {
    async save(token, user, expires) {
      await sql\`insert into sessions values (\${token}, \${user}, \${expires})\`;
    },
    async find(token) {
      const [row] = await sql\`select user, expires from sessions where token = \${token}\`;
      return row;
    },
  };
}
`,
      'migrations/0042_sessions.sql': `create table sessions (
  token text primary key,
  "user" bigint not null references users (id),
  expires bigint not null
);
`,
    },
    deleted: ['src/session/memory-store.ts'],
  },
  'api-docs': {
    replaced: [
      [
        'docs/api.md',
        `Begins a session. Answers with a token.
`,
        `Begins a session. Answers with a token, which is good for an hour.

    curl -d '{"email": "ada@example.com"}' localhost:8080/session
`,
      ],
      [
        'docs/api.md',
        `What is in the cart. Needs a token.`,
        `What is in the cart; an empty one is no error. Needs a token.`,
      ],
    ],
  },
  'nightly-deploy': {
    replaced: [
      [
        'nightly.sh',
        `  ssh "$host" shop-update
`,
        `  ssh -o ConnectTimeout=10 "$host" shop-update || echo "$host" >> failed.log
`,
      ],
    ],
    executable: ['nightly.sh'],
  },
  'access-log': {
    replaced: [
      [
        'src/http/router.ts',
        `import {type Handler, answer} from './answer.ts';
`,
        `import {logged} from './access-log.ts';
import {type Handler, answer} from './answer.ts';
`,
      ],
      ['src/http/router.ts', `  return handler(request);`, `  return logged(request, handler);`],
    ],
    added: {
      'src/http/access-log.ts': `import type {Handler} from './answer.ts';

/** One line for each request, once it is answered. */
export async function logged(request: Request, handler: Handler): Promise<Response> {
  const began = performance.now();
  const response = await handler(request);
  const took = (performance.now() - began).toFixed(1);
  console.log(request.method, new URL(request.url).pathname, response.status, \`\${took} ms\`);
  return response;
}
`,
    },
  },
  'fuzzy-search': {
    added: {
      'src/search/index.ts': `/** How many letters have to be changed to make one word of the other. */
export function distance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    row = next;
  }
  return row.at(-1) ?? 0;
}
`,
    },
  },
  'release-1-4': {
    replaced: [
      ['package.json', `"version": "1.3.0"`, `"version": "1.4.0"`],
      [
        'CHANGELOG.md',
        `## 1.3.0
`,
        `## 1.4.0

- Tokens expire.

## 1.3.0
`,
      ],
    ],
  },
  scratch: {
    replaced: [['ideas.md', '- Gift cards\n', '- Gift cards\n- Orders by post\n']],
  },
};
