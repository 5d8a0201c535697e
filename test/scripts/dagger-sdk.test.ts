import {globSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {build} from 'esbuild';
import {expect, test} from 'vitest';
import {programOptions, root} from '../../scripts/bundle.ts';
import {run} from '../../src/lib/exec.ts';
import {openStubSession} from '../support/dagger/open-stub.ts';
import {temporaryDirectory} from '../support/home.ts';

const program = `
import {clientOf} from ${JSON.stringify(path.join(root, 'src/providers/dagger/connection/sdk.ts'))};
const client = await clientOf({port: Number(process.argv[2]), token: process.argv[3]});
console.log(await client.version());
`;

test("a bundle has the SDK's API in a small piece of its own, and needs no package beside it", async () => {
  const directory = temporaryDirectory();
  const main = path.join(directory, 'main.ts');
  writeFileSync(main, program);
  const outdir = path.join(directory, 'dist');
  await build(programOptions({main, outdir}));
  writeFileSync(path.join(directory, 'package.json'), '{"type": "module"}');
  const chunks = globSync('chunks/dagger-*.js', {cwd: outdir}).map(name => statSync(path.join(outdir, name)).size);
  expect(chunks).toHaveLength(1);
  expect(chunks[0]).toBeLessThan(300_000);
  expect(statSync(path.join(outdir, 'trails.js')).size).toBeLessThan(50_000);
  await using stub = await openStubSession();
  const {stdout, stderr} = await run(process.execPath, [path.join(outdir, 'trails.js'), String(stub.port), stub.token]);
  expect({stdout, stderr}).toEqual({stdout: 'v0.21.8', stderr: ''});
});
