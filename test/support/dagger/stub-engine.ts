import http from 'node:http';
import type {AddressInfo} from 'node:net';
import {type ExecutionResult, execute, GraphQLError, parse, validate} from 'graphql';
import {schema} from './schema.ts';
import {createObjects, type StartBox} from './stub-objects.ts';

export interface StubOptions {
  readonly startBox: StartBox;
  readonly token?: string;
  readonly version?: string;
  /** Paths that the user of the session may read; left out: all. */
  readonly isAllowed?: (path: string) => boolean;
  /** Asked before each answer: true for an engine that is gone. */
  readonly isGone?: () => boolean;
}

/** One session of an engine that is none: it takes documents of exactly the fields we use, and runs services as boxes. */
export interface StubEngine {
  readonly port: number;
  readonly token: string;
  /** Every document that was sent, good or bad. */
  readonly documents: readonly string[];
  running(): number;
  /** Every service ends with its session. */
  close(): Promise<void>;
}

async function textOf(request: http.IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return String(Buffer.concat(pieces));
}

export async function startStubEngine({
  startBox,
  token = 'a-token-of-the-stub',
  version = 'v0.21.8',
  isAllowed = () => true,
  isGone = () => false,
}: StubOptions): Promise<StubEngine> {
  const objects = createObjects(startBox, isAllowed);
  const documents: string[] = [];
  const answer = async (query: string): Promise<ExecutionResult> => {
    documents.push(query);
    try {
      const document = parse(query);
      const errors = validate(schema, document);
      if (errors.length > 0) return {errors};
      return await execute({schema, document, rootValue: objects.root(version)});
    } catch (error) {
      return {errors: [error instanceof GraphQLError ? error : new GraphQLError(String(error))]};
    }
  };
  const reply = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const {authorization = ''} = request.headers;
    if (authorization !== `Basic ${Buffer.from(`${token}:`).toString('base64')}`) {
      response.writeHead(401, {'www-authenticate': 'Basic realm="Access to the Dagger engine session"'}).end();
      return;
    }
    const {query} = JSON.parse(await textOf(request)) as {readonly query: string};
    if (isGone()) {
      await objects.killAll();
      response
        .writeHead(502)
        .end('http do: Post "http://dagger/query": command [docker exec] has exited with exit status 1');
      return;
    }
    const result = await answer(query);
    response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify(result));
  };
  const server = http.createServer((request, response) => void reply(request, response));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    ...{port: (server.address() as AddressInfo).port, token, documents},
    running: objects.running,
    async close() {
      server.closeAllConnections();
      server.close();
      await objects.killAll();
    },
  };
}
