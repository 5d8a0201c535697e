import {describeProvider} from '../../contracts/provider.ts';
import {openDaggerFixture} from '../../support/dagger/fixture.ts';

describeProvider('dagger', openDaggerFixture, {
  'a running one is held to its limits': 'an engine of Dagger has no limits for one container',
});
