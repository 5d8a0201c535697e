import type net from 'node:net';
import ssh2 from 'ssh2';
import type {LinkKeys} from './link.ts';

/** One that was dialled: a client of the ssh server at its other end. */
export interface Connection {
  /** Whether the other end has shown the right key, and took ours. */
  readonly ready: Promise<boolean>;
  readonly gone: Promise<void>;
  /** Why it is gone, for the log. */
  why(): string;
  readonly client: ssh2.Client;
  end(): void;
}

const handshakeMs = 5000;
/** A peer that says nothing is dead behind four of these: within 6 s. */
const aliveEveryMs = 1400;
const mostMissed = 3;
/** A server's greeting and keys are a few KB. */
const mostBeforeReady = 256 * 1024;

/** All that dropbear 2022 and OpenSSH have in common, the quickest first. */
const algorithms: ssh2.Algorithms = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org'],
  serverHostKey: ['ssh-ed25519'],
  cipher: ['aes128-gcm@openssh.com', 'aes128-ctr', 'chacha20-poly1305@openssh.com'],
  hmac: ['hmac-sha2-256'],
  compress: ['none'],
};

/** `onContact` is called whenever something comes from the other end. */
export function connect(socket: net.Socket, keys: LinkKeys, onContact: () => void): Connection {
  const client = new ssh2.Client();
  const pinned = Buffer.from(keys.hostPublic, 'base64');
  const ready = Promise.withResolvers<boolean>();
  const gone = Promise.withResolvers<void>();
  let why: string | undefined;
  let early = 0;
  const end = () => {
    client.end();
    socket.destroy();
  };
  socket.on('data', (bytes: Buffer) => {
    onContact();
    if (early === Number.POSITIVE_INFINITY) return;
    early += bytes.length;
    if (early <= mostBeforeReady) return;
    why = 'it said too much before it showed a key';
    end();
  });
  client.on('ready', () => {
    early = Number.POSITIVE_INFINITY;
    ready.resolve(true);
  });
  client.on('error', error => {
    // The first reason is the true one.
    why ??= error.message;
    end();
  });
  client.on('close', () => {
    ready.resolve(false);
    gone.resolve();
  });
  client.connect({
    sock: socket,
    username: 'root',
    privateKey: keys.ours,
    hostVerifier: (key: Buffer) => {
      const right = key.equals(pinned);
      if (!right) why ??= 'it showed another host key';
      return right;
    },
    algorithms,
    readyTimeout: handshakeMs,
    keepaliveInterval: aliveEveryMs,
    keepaliveCountMax: mostMissed,
  });
  return {ready: ready.promise, gone: gone.promise, why: () => why ?? 'it was closed', client, end};
}
