import {afterAll, beforeAll, describe} from 'vitest';
import {describeEnvironments} from './environments.ts';
import {describeExec} from './exec.ts';
import {describeFailures} from './failures.ts';
import type {ProviderFixture} from './fixture.ts';
import {Scene} from './scene.ts';
import {describeSecrets} from './secrets.ts';
import {describeTerminal} from './terminal.ts';

/** What every provider must do, in the words of a test. Each provider's own test file calls this once. `cannot` names tests and why not. */
export function describeProvider(
  name: string,
  open: () => Promise<ProviderFixture>,
  cannot: Readonly<Record<string, string>> = {},
): void {
  describe(`${name} as a provider`, {timeout: 60_000}, () => {
    const scene = new Scene(cannot);
    beforeAll(async () => scene.begin(await open()), 600_000);
    afterAll(() => scene.end(), 60_000);
    describeEnvironments(scene);
    describeTerminal(scene);
    describeExec(scene);
    describeFailures(scene);
    describeSecrets(scene);
  });
}
