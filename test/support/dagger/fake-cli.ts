// Behaves as `dagger version` and `dagger session` do; FAKE_DAGGER tells how it fails. The engine is the stub, in this process.
import {existsSync} from 'node:fs';
import {idleBox} from './open-stub.ts';
import {startStubEngine} from './stub-engine.ts';

const {FAKE_DAGGER: fault = '', FAKE_DAGGER_CONTROL: control = ''} = process.env;
const words = process.argv.slice(2);
const switched = (name: string) => control !== '' && existsSync(`${control}/${name}`);

async function session(): Promise<void> {
  if (fault === 'exits') {
    process.stderr.write('\u001b[31m! start engine:\u001b[0m driver for scheme "image" was not available\n');
    process.exit(1);
  }
  const stop = Promise.withResolvers<void>();
  process.once('SIGTERM', () => stop.resolve());
  process.once('SIGINT', () => stop.resolve());
  process.stdin.once('end', () => stop.resolve()).resume();
  if (fault !== 'silent') {
    const startBox = fault === 'boxes' ? (await import('./local-box.ts')).startBox : idleBox;
    const engine = await startStubEngine({
      startBox,
      version: fault === 'old-engine' ? 'v0.18.19' : 'v0.21.8',
      isAllowed: () => !switched('upload-refused'),
      isGone: () => switched('engine-gone'),
    });
    const token = fault === 'wrong-token' ? 'another' : engine.token;
    process.stdout.write(`${JSON.stringify({port: engine.port, session_token: token})}\n`);
    process.stderr.write(words.includes('--silent') ? '' : 'connected to the engine\n');
    await stop.promise;
    await engine.close();
  }
  await stop.promise;
  process.exit(0);
}

if (words.includes('version')) {
  const version = fault === 'old' ? 'v0.18.3' : 'v0.21.8';
  process.stdout.write(`dagger ${version} (image://registry.dagger.io/engine:${version}) linux/amd64\n`);
} else if (words.at(-1) === 'session') {
  await session();
} else {
  process.stderr.write(`unknown command ${words.join(' ')}\n`);
  process.exitCode = 1;
}
