import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Loosening, loosenings, sandboxOf} from '../../src/providers/sandbox/profile.ts';
import {type Hardening, openHardening, type Sandboxed} from './sandbox.ts';

/** What each loosening opens, tried in all of the others as well. */
const opened: Record<Loosening, string> = {
  'tmp-exec': 'cp /usr/bin/true /tmp/t && /tmp/t',
  debug: "perl -e '$! = 0; exit(syscall($ARGV[0] + 0, 0, 0, 0, 0) < 0)' PTRACE",
  namespaces: 'unshare --user --map-root-user --mount sh -c "mount -t tmpfs none /tmp && : > /tmp/mounted"',
  'writable-root': 'grep -q " / [a-z]* rw," /proc/self/mounts',
};
const ptrace = process.arch === 'arm64' ? '117' : '101';

describe('a loosening opens what it names and nothing else', {timeout: 60_000}, () => {
  let hardening: Hardening;
  beforeAll(async () => {
    hardening = await openHardening();
  }, 600_000);
  afterAll(() => hardening?.close(), 60_000);

  const openIn = async (sandbox: Sandboxed) => {
    const found: Loosening[] = [];
    for (const one of loosenings) {
      const {exitCode} = await sandbox.sh(`${opened[one].replace('PTRACE', ptrace)} 2>/dev/null`);
      if (exitCode === 0) found.push(one);
    }
    return found;
  };

  test.each([['nothing', []], ...loosenings.map(one => [one, [one]] as const)] as const)('%s', async (_, named) => {
    const sandbox = await hardening.open({sandbox: sandboxOf('strict', named)});
    expect(await openIn(sandbox)).toEqual(named);
    await hardening.provider.destroyEnvironment(sandbox.id);
  });

  test('relaxed', async () => {
    const sandbox = await hardening.open({sandbox: sandboxOf('relaxed')});
    expect(await openIn(sandbox)).toEqual(['tmp-exec', 'debug', 'namespaces']);
    // No setuid file is made all the same: that would be left behind on this machine.
    expect((await sandbox.sh('cp /usr/bin/id . && chmod u+s id')).exitCode).not.toBe(0);
    expect((await sandbox.sh('unshare --user --map-root-user chmod u+s id')).exitCode).not.toBe(0);
  });
});
