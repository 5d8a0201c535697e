import {test} from 'vitest';
import {describeProvider} from '../../contracts/provider.ts';
import {openDaggerFixture} from '../../support/dagger/fixture.ts';
import {boxMissing} from '../../support/dagger/local-box.ts';
import {realImage, realMissing} from '../../support/dagger/real-engine.ts';

const cannot = {'a running one is held to its limits': 'an engine of Dagger has no limits for one container'};
const givenEnv = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

if (boxMissing === undefined) describeProvider('dagger, on the stub of an engine,', openDaggerFixture, cannot);
else test.skip(`dagger as a provider > ${boxMissing}`, () => {});

if (realMissing === undefined)
  describeProvider(
    'a real Dagger engine',
    () => openDaggerFixture(() => ({env: givenEnv(), image: realImage})),
    cannot,
  );
else test.skip(`a real Dagger engine as a provider > ${realMissing}`, () => {});
