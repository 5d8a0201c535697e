import {existsSync, globSync, mkdirSync, statSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {homeLabel} from '../../src/sessions/context.ts';
import {openTestPodman} from '../support/podman.ts';
import {openPty} from '../support/pty.ts';

const enter = '\r';
const ctrlQ = '\x11';
const esc = '\x1b';

describe.each([
  {columns: 80, rows: 24},
  {columns: 200, rows: 60},
])('the dashboard at $columns×$rows on a real Podman', size => {
  let podman: Awaited<ReturnType<typeof openTestPodman>>;
  const names = ['alpha', 'beta', 'gamma'];
  const open = () =>
    openPty(process.execPath, [path.resolve('dist/main.js')], {
      ...size,
      env: {TRAILS_HOME: podman.home},
      cwd: path.join(podman.home, 'alpha'),
    });

  type Dashboard = ReturnType<typeof open>;
  // In a locale without UTF-8 the frame is of other characters.
  const oneList = (screen: string) => !/[┤[] Screen/.test(screen);
  /** The selected session's screen; a narrow terminal has one pane, and Tab turns to it. */
  const look = async (dashboard: Dashboard, text: string) => {
    if (size.columns < 90) dashboard.type('\t');
    await dashboard.shows(text);
    if (size.columns >= 90) return;
    dashboard.type(esc);
    await dashboard.until('the list again', oneList);
  };
  const allListed = (screen: string) =>
    screen.includes('Sessions') && names.every(name => screen.includes(` ${name} `));

  beforeAll(async () => {
    podman = await openTestPodman();
    for (const name of names) mkdirSync(path.join(podman.home, name));
  });
  afterAll(async () => podman?.close());

  test('three sessions are made by keyboard, seen, attached to, left, found again and torn down', {
    timeout: 120_000,
  }, async () => {
    const first = open();
    await first.shows('n new');
    for (const name of names) {
      first.type('n');
      await first.shows('New session');
      first.type(`${name}\t`);
      await first.shows(`name       ${name}`);
      // ctrl-u empties the field.
      first.type(`\x15${path.join(podman.home, name)}`);
      await first.shows(new RegExp(`directory .*${name}`));
      first.type(enter);
      await first.until(`${name} is there`, screen => screen.includes('Sessions') && screen.includes(` ${name} `));
      await look(first, `agent@${name}`);
    }

    // The newest is selected: attach, type, see the answer, leave with ctrl-q.
    first.type(enter);
    await first.until('the session alone', screen => screen.includes('agent@gamma') && !/Sessions|Screen/.test(screen));
    first.type('touch made-inside; echo typed-$((6*7))\r');
    await first.shows('typed-42');
    // No repository: it works on a copy, which is the user's own to read and remove.
    const [made = ''] = globSync(path.join(podman.paths.state, 'sessions/*/workspace/made-inside'));
    expect(statSync(made).uid).toBe(process.getuid?.());
    expect(existsSync(path.join(podman.home, 'gamma/made-inside'))).toBe(false);
    first.type(ctrlQ);
    await first.until('the list again', allListed);
    first.type('q');
    expect(await first.exit()).toBe(0);

    const again = open();
    await again.until('the three sessions', allListed);
    again.type(`/gamma${enter}`);
    await again.lacks(' alpha ');
    await look(again, 'typed-42');
    again.type(esc);
    await again.until('all of them', screen => allListed(screen) && !screen.includes('/ gamma'));
    for (const [index, name] of names.entries()) {
      again.type(`/${name}${enter}`);
      await again.until(`only ${name}`, screen =>
        names.every(other => screen.includes(` ${other} `) === (other === name)),
      );
      again.type('d');
      await again.shows(`Tear down ${name}?`);
      again.type('y');
      await again.lacks(new RegExp(`Tear down ${name}| ${name} +shell`));
      again.type(esc);
      // A lone ESC and the next key must not arrive as one: that is Alt.
      await again.lacks(`/ ${name}`);
      const left = names.slice(index + 1);
      await again.until(`${left.length} left`, screen => left.every(other => screen.includes(` ${other} `)));
    }
    again.type('q');
    expect(await again.exit()).toBe(0);
    const containers = await podman.podman(
      'ps',
      '-a',
      '--format',
      '{{.Names}}',
      '--filter',
      `label=trails.home=${homeLabel(podman.paths)['trails.home']}`,
    );
    expect(containers.stdout).toBe('');
  });
});
