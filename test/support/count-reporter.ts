import type {Reporter, TestModule} from 'vitest/node';

const count = (modules: readonly TestModule[], state: 'passed' | 'failed' | 'skipped'): number =>
  modules.reduce((sum, module) => sum + [...module.children.allTests(state)].length, 0);

/** Files and groups that broke outside of any test: nothing in them was counted as failed. */
const broken = (modules: readonly TestModule[]): number =>
  modules.reduce(
    (sum, module) =>
      sum +
      (module.errors().length > 0 ? 1 : 0) +
      [...module.children.allSuites()].filter(suite => suite.errors().length > 0).length,
    0,
  );

/** Every skip with its reason, then one line a script can read: what cannot be counted as a test counts as a failure. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const result = test.result();
        const reason = result.state === 'skipped' ? result.note : undefined;
        process.stdout.write(`skipped: ${test.fullName}: ${reason ?? 'no reason given'}\n`);
      }
    }
    const failed = count(modules, 'failed') + broken(modules) + unhandled.length;
    const skipped = count(modules, 'skipped');
    process.exitCode = failed > 0 ? 1 : process.exitCode;
    // Behind the summary of the default reporter, which is written in the same turn.
    setImmediate(() =>
      process.stdout.write(
        `${count(modules, 'passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
      ),
    );
  }
}
