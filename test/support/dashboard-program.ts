import {createByteQueue} from '../../src/lib/byte-queue.ts';
import {systemClock} from '../../src/lib/clock.ts';
import type {AttachmentEnd, SessionsPort} from '../../src/sessions/port.ts';
import {runAttach} from '../../src/terminal/attach.ts';
import {startDashboard} from '../../src/ui/start.ts';
import {fakePort} from './fake-port.ts';
import {sevenSessions} from './sample-session.ts';

// A program for tests in a real terminal: the dashboard over a fake port, with an agent that echoes what is typed.
const fake = fakePort(sevenSessions());
const port: SessionsPort = {
  ...fake.port,
  async attach(ref) {
    const {promise: closed, resolve: end} = Promise.withResolvers<AttachmentEnd>();
    const queue = createByteQueue();
    const print = (text: string) => queue.push(Buffer.from(text));
    print(`\x1b[H\x1b[2Jattached to ${ref}\r\n`);
    return {
      output: queue.output,
      write: bytes => print(`<${Buffer.from(bytes).toString()}>`),
      resize: size => print(`[${size.columns}x${size.rows}]`),
      detach() {
        queue.end();
        end({reason: 'detached'});
      },
      closed,
    };
  },
};
await startDashboard({
  port,
  clock: systemClock,
  stdin: process.stdin,
  stdout: process.stdout,
  dev: true,
  detachKey: 'ctrl-q',
  cwd: '/home/ada/projects/api',
  colors: true,
  unicode: true,
  env: process.env,
  notify: 'bell',
  showOnDesktop: async () => false,
  version: '0.1.0',
  runAttach,
});
process.stdout.write('left the dashboard\r\n');
