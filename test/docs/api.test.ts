import {spawnSync} from 'node:child_process';
import {chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {bundle, root} from '../../scripts/bundle.ts';
import {bufMissing} from '../support/buf.ts';
import {stopDaemon} from '../support/daemon.ts';
import {lastingHome} from '../support/home.ts';
import {examplesOf, patternOf} from './examples.ts';

const examples = examplesOf(readFileSync('docs/api.md', 'utf8'));
const commands = examples.filter(({language}) => language === 'sh');
const programs = examples.filter(({language}) => language === 'ts');

const curlMissing = spawnSync('curl', ['--version']).error ? 'curl is not installed' : undefined;
const missing = curlMissing ?? bufMissing;

/** Ends the output of each example: no program prints it. */
const separator = '\x1e';

test('what differs from run to run is dots in a document', () => {
  expect('{"id": "01k9"}\n').toMatch(patternOf('{"id": "…"}'));
  expect('a\nb\nc\nd\n').toMatch(patternOf('a\n…\nd'));
  expect('a\nd\n').toMatch(patternOf('a\n…\nd'));
  expect('a\nb\nd\ne\n').not.toMatch(patternOf('a\n…\nd'));
  expect('a.c\n').not.toMatch(patternOf('abc'));
  expect('abc\n').not.toMatch(patternOf('a.c'));
});

describe('docs/api.md, example by example', () => {
  const {home, paths, remove} = lastingHome();
  const printed: {readonly output: string; readonly exitCode: number}[] = [];
  let said = '';

  beforeEach(context => context.skip(missing !== undefined, missing));
  beforeAll(async () => {
    if (missing) return;
    await bundle({main: path.join(root, 'src/main.ts'), outdir: path.join(root, 'dist')});
    writeFileSync(path.join(paths.config, 'config.yaml'), 'provider: mock\n');
    const bin = path.join(home, 'bin');
    const work = path.join(home, 'work');
    for (const directory of [bin, work]) mkdirSync(directory);
    writeFileSync(path.join(bin, 'trails'), `#!/bin/sh\nexec '${process.execPath}' '${root}/dist/main.js' "$@"\n`);
    chmodSync(path.join(bin, 'trails'), 0o755);
    symlinkSync(path.join(root, 'src/api/gen'), path.join(work, 'gen'));
    symlinkSync(path.join(root, 'node_modules'), path.join(work, 'node_modules'));
    writeFileSync(path.join(work, 'package.json'), '{"type": "module"}');
    programs.forEach(({text}, index) => {
      writeFileSync(path.join(work, `${index}.ts`), text);
    });
    // The programs run behind the last example but one, which ends the daemon.
    const last = commands.at(-1)!;
    const script = [
      ...commands.slice(0, -1).map(({text}) => text),
      ...programs.map((_, index) => `'${process.execPath}' ${index}.ts "$socket"`),
      last.text,
    ].map(text => `{\n${text}\n} 2>&1\nprintf '${separator}%d${separator}' $?\n`);
    const {stdout, stderr} = spawnSync('sh', ['-c', script.join('')], {
      cwd: work,
      encoding: 'utf8',
      timeout: 100_000,
      env: {
        ...{HOME: home, TRAILS_HOME: home, BUF_CACHE_DIR: path.join(home, 'buf')},
        PATH: `${bin}:${path.join(root, 'node_modules/.bin')}:${process.env.PATH}`,
      },
    });
    const parts = stdout.split(separator);
    for (let at = 0; at + 1 < parts.length; at += 2)
      printed.push({output: parts[at]!, exitCode: Number(parts[at + 1])});
    said = stderr;
  });
  afterAll(async () => {
    await stopDaemon(paths);
    remove();
  });

  const ran = [...commands.slice(0, -1), ...programs, ...commands.slice(-1)];
  const cases = ran.map((example, index) => ({...example, index}));
  test.each(cases)('$under, line $line', ({prints, index}) => {
    expect(said).toBe('');
    expect(printed[index]).toMatchObject({exitCode: 0});
    if (prints !== undefined) expect(printed[index]!.output).toMatch(patternOf(prints));
  });
});
