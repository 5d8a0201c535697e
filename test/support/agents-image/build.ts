import {copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {run} from '../../../src/lib/exec.ts';
import {debian, installers, packages, reference} from './pinned.ts';

// Makes the image of the real agents, unless it is there. Under a lock: see image.ts. Exit code 75 and a line when a registry did not give.

const registryExit = 75;
const began = performance.now();
const tell = (text: string) => process.stderr.write(`${Math.round((performance.now() - began) / 1000)} s  ${text}\n`);

/** What a registry or mirror on the network has to do with; everything else that fails is a fault of ours. */
class NotGiven extends Error {}

async function must(file: string, args: readonly string[], cwd?: string): Promise<void> {
  const {exitCode, stderr} = await run(file, args, cwd === undefined ? {} : {cwd});
  if (exitCode !== 0) throw new Error(`${file} ${args.slice(0, 2).join(' ')}: ${stderr.trim().slice(-600)}`);
}

const orNotGiven = (what: string, work: Promise<void>) =>
  work.catch(error => {
    throw new NotGiven(`${what} did not give what the agents need: ${error.message.replaceAll('\n', ' ')}`);
  });

/** The agents in /opt/agents, Node and their commands in /usr/local/bin. */
async function stage(root: string): Promise<void> {
  const agents = path.join(root, 'opt/agents');
  const bin = path.join(root, 'usr/local/bin');
  for (const directory of [agents, bin]) mkdirSync(directory, {recursive: true});
  writeFileSync(path.join(agents, 'package.json'), '{"private": true}\n');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  await orNotGiven('the npm registry', must('npm', ['install', ...quiet, ...Object.values(packages)], agents));
  for (const script of installers)
    await must(
      process.execPath,
      [path.join(agents, 'node_modules', script)],
      path.join(agents, 'node_modules', path.dirname(script)),
    );
  copyFileSync(process.execPath, path.join(bin, 'node'));
  for (const name of Object.keys(packages)) symlinkSync(`/opt/agents/node_modules/.bin/${name}`, path.join(bin, name));
  tell('the agents are here');
}

async function base(tar: string): Promise<void> {
  const args = ['--quiet', '--variant=minbase', `--include=${debian.packages.join(',')}`, debian.suite, tar];
  await orNotGiven('the Debian mirror', must('mmdebstrap', args));
  tell('the base is here');
}

async function build(): Promise<void> {
  const work = mkdtempSync(path.join(tmpdir(), 'trails-agents-'));
  try {
    const tar = path.join(work, 'image.tar');
    const root = path.join(work, 'root');
    await Promise.all([base(tar), stage(root)]);
    // No directory that the base has already: Podman takes no path twice.
    const commands = ['node', ...Object.keys(packages)].map(name => `usr/local/bin/${name}`);
    await must('tar', ['-rf', tar, '--owner=0', '--group=0', '-C', root, 'opt/agents', ...commands]);
    await must('podman', ['import', '--quiet', tar, reference]);
    tell(`${reference} is here`);
  } finally {
    rmSync(work, {recursive: true, force: true});
  }
}

try {
  if ((await run('podman', ['image', 'exists', reference])).exitCode !== 0) await build();
} catch (error) {
  if (!(error instanceof NotGiven)) throw error;
  process.stdout.write(`${error.message}\n`);
  process.exitCode = registryExit;
}
