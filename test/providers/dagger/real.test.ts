import {buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, parse, validate} from 'graphql';
import {expect, test} from 'vitest';
import {systemClock} from '../../../src/lib/clock.ts';
import {ask} from '../../../src/providers/dagger/connection/ask.ts';
import {createDaggerEngine, sessionDirectory} from '../../../src/providers/dagger/connection/dagger-engine.ts';
import {sessionFilesIn} from '../../../src/providers/dagger/connection/session-files.ts';
import {describeDaggerEngine} from '../../contracts/dagger-engine.ts';
import {openStubSession} from '../../support/dagger/open-stub.ts';
import {realImage, realMissing} from '../../support/dagger/real-engine.ts';
import {reportingRecipe} from '../../support/dagger/reporting.ts';
import {temporaryDirectory, temporaryHome} from '../../support/home.ts';

describeDaggerEngine('a real Dagger engine', {image: realImage, missing: realMissing, env: () => process.env});

test('every document that the stub takes is one of a real engine’s schema', {timeout: 60_000}, async ({skip}) => {
  if (realMissing !== undefined) skip(realMissing);
  const {paths} = temporaryHome();
  const real = createDaggerEngine({paths, env: process.env, clock: systemClock});
  await using stub = await openStubSession();
  const env = {DAGGER_SESSION_PORT: String(stub.port), DAGGER_SESSION_TOKEN: stub.token};
  const other = createDaggerEngine({paths, env, clock: systemClock});
  try {
    await real.version();
    const session = sessionFilesIn(sessionDirectory(paths)).session();
    const schema = buildClientSchema((await ask(session!, getIntrospectionQuery())) as IntrospectionQuery);
    const recipe = reportingRecipe('docker.io/trails/tooled:1', temporaryDirectory(), 'stub');
    const file = {source: `${recipe.uploads[0]!.source}/a`, target: '/opt/a', owner: {uid: 1, gid: 1}, file: true};
    await other.prepare('docker.io/trails/tooled:1', () => {});
    await other.prepare('localhost/trails/codex:latest', () => {});
    await other.stop(await other.start({...recipe, uploads: [...recipe.uploads, file]}));
    const wrong = stub.documents.flatMap(text =>
      validate(schema, parse(text)).map(({message}) => `${message}: ${text}`),
    );
    expect(wrong).toEqual([]);
    expect(stub.documents.length).toBeGreaterThan(10);
  } finally {
    await other.close();
    await real.release();
  }
});
