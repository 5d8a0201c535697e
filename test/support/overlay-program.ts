import {createByteQueue} from '../../src/lib/byte-queue.ts';
import {systemClock} from '../../src/lib/clock.ts';
import {runAttach} from '../../src/terminal/attach.ts';
import {startDashboard} from '../../src/ui/start.ts';
import {fakePort} from './fake-port.ts';
import {scenes} from './overlay-scenes.ts';
import {sevenSessions} from './sample-session.ts';

// A program for tests in a real terminal: the screen of the first session goes on by a scene at each SIGUSR2.
const fake = fakePort(sevenSessions());
const id = '01-checkout-flow';
let scene = 0;
const play = () => {
  fake.frames.set(id, scenes[scene % scenes.length]!);
  fake.screens.push(id);
};
play();
process.on('SIGUSR2', () => {
  scene++;
  play();
});
await startDashboard({
  port: {
    ...fake.port,
    async attach(ref, size) {
      const attachment = await fake.port.attach(ref, size);
      const queue = createByteQueue();
      queue.push(Buffer.from(`\x1b[H\x1b[2Jattached to ${ref}\r\n`));
      void attachment.closed.then(queue.end);
      return {...attachment, output: queue.output};
    },
  },
  clock: systemClock,
  stdin: process.stdin,
  stdout: process.stdout,
  dev: true,
  detachKey: 'ctrl-q',
  cwd: '/home/ada/projects/api',
  colors: !process.env.NO_COLOR,
  unicode: true,
  env: {},
  notify: 'off',
  showOnDesktop: async () => false,
  version: '0.1.0',
  runAttach,
});
process.stdout.write('left the dashboard\r\n');
