/** The relay for images with node alone. */
export const nodeRelay = `const net = require('node:net');
const {spawn} = require('node:child_process');
const [, file, proxy, port, mode] = process.argv;

function relay() {
  process.on('SIGHUP', () => {});
  const server = net.createServer({allowHalfOpen: true, noDelay: true}, client => {
    const upstream = net.connect({path: proxy, allowHalfOpen: true});
    for (const [from, to] of [[client, upstream], [upstream, client]]) {
      from.on('error', () => {});
      from.on('close', () => {
        if (!from.readableEnded || !from.writableFinished) to.destroy();
      });
      from.pipe(to);
    }
  });
  server.maxConnections = 250;
  server.on('error', () => process.exit(1));
  // It takes connections: whoever started it can go on.
  server.listen(Number(port), '127.0.0.1', () => process.send('ready', () => process.disconnect()));
}

if (mode === 'run') relay();
else {
  const child = spawn(process.execPath, [file, proxy, port, 'run'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // What the agent is told to load is not for us.
    env: {},
  });
  child.once('message', () => process.exit(0));
  child.once('exit', () => process.exit(1));
  child.once('error', () => process.exit(1));
}
`;
