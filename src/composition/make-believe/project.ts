/** Files by their paths, as text. */
export type Files = Readonly<Record<string, string>>;

/** A small shop: what most of the sessions of `--dev` work on. */
export const shop: Files = {
  '.gitignore': 'node_modules/\ndist/\n*.log\n',
  'CHANGELOG.md': '# Changes\n\n## 1.3.0\n\n- Carts survive a restart.\n- Prices are kept in cents.\n',
  'README.md': `# shop

The service behind the counter: sessions, carts, orders.

    npm ci && npm test
    npm start

See docs/api.md for what it answers.
`,
  'docs/api.md': `# API

## POST /session

Begins a session. Answers with a token.

## GET /cart

What is in the cart. Needs a token.

## POST /order

Orders what is in the cart. Needs a token.
`,
  'migrations/0041_users.sql': `create table users (
  id bigint primary key,
  email text not null unique,
  created_at timestamptz not null default now()
);
`,
  'package.json': `{
  "name": "shop",
  "version": "1.3.0",
  "type": "module",
  "scripts": {
    "start": "node src/main.ts",
    "test": "node --test test/*.test.ts"
  }
}
`,
  'src/http/router.ts': `import {type Handler, answer} from './answer.ts';

const routes = new Map<string, Handler>();

export function route(method: string, path: string, handler: Handler): void {
  routes.set(\`\${method} \${path}\`, handler);
}

export async function handle(request: Request): Promise<Response> {
  const {pathname} = new URL(request.url);
  const handler = routes.get(\`\${request.method} \${pathname}\`);
  if (!handler) return answer(404);
  return handler(request);
}
`,
  'src/http/answer.ts': `export type Handler = (request: Request) => Promise<Response>;

export const answer = (status: number, body?: unknown): Response =>
  new Response(body === undefined ? null : JSON.stringify(body), {status});
`,
  'src/main.ts': `import {createServer} from './server.ts';

createServer().listen(Number(process.env.PORT ?? 8080));
`,
  'src/session/memory-store.ts': `import type {Store} from './store.ts';

/** For tests, and for one process. */
export function memoryStore(): Store {
  const tokens = new Map<string, {user: string; expires: number}>();
  return {
    async save(token, user, expires) {
      tokens.set(token, {user, expires});
    },
    async find(token) {
      return tokens.get(token);
    },
  };
}
`,
  'src/session/store.ts': `export interface Store {
  save(token: string, user: string, expires: number): Promise<void>;
  find(token: string): Promise<{user: string; expires: number} | undefined>;
}

export {memoryStore as openStore} from './memory-store.ts';
`,
  'src/session/token.ts': `import {randomBytes} from 'node:crypto';
import type {Store} from './store.ts';

const ttl = 60 * 60 * 1000;

export async function issue(store: Store, user: string): Promise<string> {
  const token = randomBytes(24).toString('base64url');
  const expires = ttl;
  await store.save(token, user, expires);
  return token;
}

export async function userOf(store: Store, token: string): Promise<string | undefined> {
  const found = await store.find(token);
  return found?.user;
}
`,
  'test/session.test.ts': `import assert from 'node:assert';
import test from 'node:test';
import {memoryStore} from '../src/session/memory-store.ts';
import {issue, userOf} from '../src/session/token.ts';

test('a token leads to its user', async () => {
  const store = memoryStore();
  assert.equal(await userOf(store, await issue(store, 'ada')), 'ada');
});
`,
};

/** A directory with no git: of it a session has a copy. */
export const deploy: Files = {
  '.gitignore': '*.log\n',
  'hosts.txt': 'shop-1.example\nshop-2.example\n',
  'nightly.sh': `#!/bin/sh
set -e
for host in $(cat hosts.txt); do
  ssh "$host" shop-update
done
`,
};

/** A directory that a session works in itself. */
export const notes: Files = {'ideas.md': '# Ideas\n\n- Gift cards\n'};
