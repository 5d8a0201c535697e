import {describeDaggerEngine} from '../../contracts/dagger-engine.ts';
import {fakeDagger} from '../../support/dagger/fake-dagger.ts';
import {boxMissing} from '../../support/dagger/local-box.ts';

describeDaggerEngine('the engine that stands in for Dagger', {
  image: 'docker.io/trails/tooled:1',
  missing: boxMissing,
  env: home => ({...process.env, ...fakeDagger(home, 'boxes').env}),
});
