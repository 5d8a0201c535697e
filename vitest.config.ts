import {availableParallelism} from 'node:os';
import {defineConfig} from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    environment: 'node',
    globalSetup: './test/support/global-setup.ts',
    // Containers and pseudo-terminals share the machine with the tests that drive them.
    maxWorkers: Math.max(2, Math.min(4, availableParallelism())),
    testTimeout: 30_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    reporters: ['default', './test/support/count-reporter.ts'],
    // Nothing of the shell the tests are started from, nor of its user's git.
    env: {
      ...{NO_COLOR: '', FORCE_COLOR: '0', TRAILS_PROVIDER: '', TRAILS_LOG: '', TRAILS_FAULT: ''},
      ...{GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1'},
    },
  },
});
