import {AppError} from '../../src/errors.ts';
import {systemClock} from '../../src/lib/clock.ts';
import {runAttach} from '../../src/terminal/attach.ts';
import {startDashboard} from '../../src/ui/start.ts';
import {fakePort} from './fake-port.ts';
import {changesOf, everyChange, sampleChange, samplePatch} from './sample-changes.ts';
import {sampleNow, sampleSession, sevenSessions, sixtySessions} from './sample-session.ts';

// To look at with one's own eyes: the dashboard over a fake port, with changes of every kind. Arguments: one, seven or sixty; then edits or errors.
const worlds: Record<string, () => ReturnType<typeof sevenSessions>> = {
  one: () => [sampleSession()],
  seven: sevenSessions,
  sixty: sixtySessions,
};
const began = systemClock.now();
const fake = fakePort((worlds[process.argv[2] ?? 'seven'] ?? sevenSessions)());
fake.setChanges('01-checkout-flow', everyChange());
fake.plans.set('01-checkout-flow', {
  ...{how: 'merge', branch: 'main', conflicts: [{path: 'src/cart.ts', why: 'changed here, too'}]},
  commits: [{id: '1a2b3c4d5e6f', subject: 'Count a coupon once', author: 'claude'}],
});
const many = Array.from({length: 5000}, (_, at) => sampleChange({path: `packages/p${at % 50}/src/file-${at}.ts`}));
fake.setChanges('01-docs', changesOf(many));
const long = sampleChange({path: 'long.txt', kind: 'added', added: 30_000});
const body = Array.from({length: 30_000}, (_, at) => `+line ${at} ${'x'.repeat(at % 200)}\n`).join('');
fake.patches.set('long.txt', `@@ -0,0 +1,30000 @@\n${body}`);
fake.setChanges('01-migrations', changesOf([long, sampleChange()]));
if (process.argv[3] === 'edits') {
  let version = 2;
  setInterval(() => {
    const files = everyChange().files.slice(0, 3 + (version % 6));
    fake.patches.set('src/cart.ts', samplePatch(files[0]!).replaceAll('coupon', `coupon${version}`));
    fake.setChanges('01-checkout-flow', {...everyChange(), files, version: `v${version++}`});
  }, 700);
}
if (process.argv[3] === 'errors') {
  fake.failWith('watchChanges', new AppError('WORKSPACE_UNREADABLE', 'The workspace of this session cannot be read'));
  fake.failWith('planApply', new AppError('WORKSPACE_UNREADABLE', 'The workspace of this session cannot be read'));
}
await startDashboard({
  port: fake.port,
  clock: {...systemClock, now: () => systemClock.now() - began + sampleNow},
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
