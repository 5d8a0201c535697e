import {availableParallelism} from 'node:os';
import {defineConfig} from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    globalSetup: './test/support/global-setup.ts',
    testTimeout: 30_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'trails',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/real-agents/**'],
          // Containers and pseudo-terminals share the machine with the tests that drive them.
          maxWorkers: Math.max(2, Math.min(4, availableParallelism())),
          sequence: {groupOrder: 0},
        },
      },
      {
        extends: true,
        test: {
          // What they show and when is judged: each has the machine to itself, behind all others.
          name: 'real agents',
          include: ['test/real-agents/**/*.test.ts'],
          maxWorkers: 1,
          sequence: {groupOrder: 1},
        },
      },
    ],
    reporters: ['default', './test/support/count-reporter.ts'],
    // Nothing of the shell the tests are started from, nor of its user's git.
    env: {
      ...{NO_COLOR: '', FORCE_COLOR: '0', TRAILS_PROVIDER: '', TRAILS_LOG: '', TRAILS_FAULT: ''},
      ...{GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1'},
    },
  },
});
