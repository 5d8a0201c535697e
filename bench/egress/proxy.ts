import net from 'node:net';
import {createEgress} from '../../src/egress/create-egress.ts';
import {systemClock as clock} from '../../src/lib/clock.ts';

// The proxy as the keeper has it, in a process of its own: proxy.ts DIRECTORY PORT. Every name is the upstream.

const [directory = '', port = ''] = process.argv.slice(2);
const egress = createEgress({
  clock,
  outside: {
    resolve: async () => [{address: '93.184.216.34', family: 4}],
    isOwn: () => false,
    dial: () => net.connect({host: '127.0.0.1', port: Number(port), allowHalfOpen: true, noDelay: true}),
  },
});
await egress.serve('bench', directory, {
  rules: [{host: 'allowed.example', decision: 'allow', from: 'request'}],
  ...{token: '', routes: []},
});
process.stdout.write('serves\n');
