import {createModelServer} from './server.ts';

// model-server PORT SCRIPTS: the scripts are JSON. Listens on loopback only; prints a line of JSON for each request.

const [port, scripts] = process.argv.slice(-2);
const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
createModelServer(JSON.parse(scripts!), print).listen(Number(port), '127.0.0.1', () =>
  print({listening: Number(port)}),
);
