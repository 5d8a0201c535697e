import {readFileSync} from 'node:fs';
import {createModelServer} from './server.ts';

// model-server PORT SCRIPTS: the scripts are JSON. Listens on loopback only; prints a line of JSON for each request.

const [port, scripts] = process.argv.slice(2);
if (!port || !scripts) throw new Error('usage: model-server PORT SCRIPTS');
const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
createModelServer(JSON.parse(readFileSync(scripts, 'utf8')), print).listen(Number(port), '127.0.0.1', () =>
  print({listening: Number(port)}),
);
