import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, writeFileSync} from 'node:fs';
import net, {type AddressInfo} from 'node:net';
import path from 'node:path';
import {relayFiles} from '../../src/providers/sandbox/relay/relay.ts';
import type {Bench, Row} from '../bench.ts';
import {openHome} from '../home.ts';
import {endedAnyway} from '../leaving.ts';
import {processWith} from '../proc.ts';
import {summaryOf} from '../samples.ts';
import {answerBytes, hello, requestBytes, streamBytes} from './sizes.ts';

const requests = 300;
const connections = 100;
const streams = 5;
const mostAddedMs = 1;
const leastMbPerS = 200;
const ask = Buffer.alloc(requestBytes, 'A');
const askForStream = Buffer.concat([Buffer.alloc(requestBytes - 1, 'A'), Buffer.from('B')]);

/** A program of this directory, and the first line that it prints. */
async function started(name: string, ...args: string[]): Promise<readonly [ChildProcess, string]> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, name), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endedAnyway(async () => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return [child, String(line).trim()];
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

/** So many bytes of what comes. */
const taken = (socket: net.Socket, bytes: number): Promise<void> =>
  new Promise((resolve, reject) => {
    let left = bytes;
    const take = (chunk: Buffer) => {
      left -= chunk.length;
      if (left > 0) return;
      socket.off('data', take).off('close', broke);
      resolve();
    };
    const broke = () => reject(new Error(`the connection broke with ${left} bytes to come`));
    socket.on('data', take).on('close', broke);
  });

/** A way to the upstream, with the handshake sent. */
type Way = () => Promise<net.Socket>;

const opened = async (port: number): Promise<net.Socket> => {
  const socket = net.connect({port, host: '127.0.0.1', noDelay: true});
  await once(socket, 'connect');
  return socket;
};

const directly =
  (port: number): Way =>
  async () => {
    const socket = await opened(port);
    socket.write(hello());
    return socket;
  };

const throughRelay =
  (port: number): Way =>
  async () => {
    const socket = await opened(port);
    const answer = once(socket, 'data') as Promise<[Buffer]>;
    socket.write('CONNECT allowed.example:443 HTTP/1.1\r\nHost: allowed.example:443\r\n\r\n');
    const [head] = await answer;
    if (!head.includes(' 200 ')) throw new Error(`the proxy says ${head}`);
    socket.write(hello());
    return socket;
  };

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

const requestOn = (socket: net.Socket) => {
  const answer = taken(socket, answerBytes);
  socket.write(ask);
  return answer;
};

/** Both by turns, so that whatever else the machine does meets both. */
async function byTurns(rounds: number, ours: () => Promise<number>, beside: () => Promise<number>) {
  const figures = {ours: [] as number[], beside: [] as number[]};
  for (let round = 0; round < rounds; round++) {
    figures.beside.push(await beside());
    figures.ours.push(await ours());
  }
  return {ours: summaryOf(figures.ours), direct: summaryOf(figures.beside)};
}

async function measured(relay: Way, direct: Way, say: (progress: string) => void): Promise<readonly Row[]> {
  const [through, straight] = [await relay(), await direct()];
  say('requests');
  for (const socket of [through, straight]) for (let n = 0; n < 50; n++) await requestOn(socket);
  const open = await byTurns(
    requests,
    () => timed(() => requestOn(through)),
    () => timed(() => requestOn(straight)),
  );
  say('connections');
  const first = async (way: Way) => {
    let socket: net.Socket | undefined;
    const ms = await timed(async () => {
      socket = await way();
      await requestOn(socket);
    });
    socket?.destroy();
    return ms;
  };
  const anew = await byTurns(
    connections,
    () => first(relay),
    () => first(direct),
  );
  say('streams');
  const rate = async (socket: net.Socket) => {
    const ms = await timed(() => {
      const all = taken(socket, streamBytes);
      socket.write(askForStream);
      return all;
    });
    return streamBytes / 1e6 / (ms / 1000);
  };
  const stream = await byTurns(
    streams,
    () => rate(through),
    () => rate(straight),
  );
  for (const socket of [through, straight]) socket.destroy();

  const added = open.ours.p50 - open.direct.p50;
  const beside = (summary: Row['ours']) => ({name: 'directly', summary});
  return [
    {
      ...{what: 'a request over an open connection', unit: 'ms', ours: open.ours, beside: beside(open.direct)},
      target: {text: `median at most ${mostAddedMs} ms above directly`, met: added <= mostAddedMs},
    },
    {what: 'a connection, and its first request', unit: 'ms', ours: anew.ours, beside: beside(anew.direct)},
    {
      ...{what: `${streamBytes / 2 ** 20} MiB in one stream`, unit: 'MB/s', ours: stream.ours},
      beside: beside(stream.direct),
      target: {text: `median at least ${leastMbPerS} MB/s`, met: stream.ours.p50 >= leastMbPerS},
    },
  ];
}

export const egress: Bench = {
  name: 'egress',
  title: 'The way out of a sandbox',
  notes: [
    `${requests} requests, ${connections} connections, ${streams} streams, by turns; relay (the first of perl, python3, node that is there), proxy, upstream and client are four processes on loopback.`,
  ],
  async measure(say) {
    const home = openHome();
    const directory = path.join(home.paths.state, 'relay');
    mkdirSync(directory, {recursive: true});
    for (const [name, content] of Object.entries(relayFiles)) writeFileSync(path.join(directory, name), content);
    const children: ChildProcess[] = [];
    let relay: number | undefined;
    try {
      const [upstream, upstreamPort] = await started('upstream.ts');
      children.push(upstream);
      const sockets = path.join(home.paths.state, 'egress');
      children.push((await started('proxy.ts', sockets, upstreamPort))[0]);
      const port = await freePort();
      const starting = spawn('sh', [path.join(directory, 'relay'), path.join(sockets, 'proxy.sock'), String(port)]);
      const [code] = await once(starting, 'exit');
      if (code !== 0) throw new Error('the relay did not start');
      relay = processWith(path.join(sockets, 'proxy.sock'));
      return await measured(throughRelay(port), directly(Number(upstreamPort)), say);
    } finally {
      if (relay !== undefined) process.kill(relay, 'SIGKILL');
      for (const child of children) child.kill('SIGKILL');
      home.close();
    }
  },
};
