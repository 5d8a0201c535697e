import {existsSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {openLog} from '../../src/lib/log.ts';
import {openRotatingFile} from '../../src/lib/rotating-file.ts';
import {temporaryDirectory, temporaryHome} from '../support/home.ts';

test('the file never grows beyond its size; the oldest is dropped, and no line is cut', () => {
  const file = path.join(temporaryDirectory(), 'a.log');
  const log = openRotatingFile(file, {bytes: 30, keep: 2});
  for (let index = 10; index < 20; index += 1) log.write(`line ${index} ..\n`);
  const text = (name: string) => readFileSync(name, 'utf8');
  expect(text(file)).toBe('line 18 ..\nline 19 ..\n');
  expect(text(`${file}.1`)).toBe('line 16 ..\nline 17 ..\n');
  expect(text(`${file}.2`)).toBe('line 14 ..\nline 15 ..\n');
  expect(existsSync(`${file}.3`)).toBe(false);
});

test('what is there counts, and one line longer than all is written whole', () => {
  const file = path.join(temporaryDirectory(), 'a.log');
  openRotatingFile(file, {bytes: 30, keep: 1}).write('12345678901234567890\n');
  openRotatingFile(file, {bytes: 30, keep: 1}).write(`${'x'.repeat(50)}\n`);
  expect(statSync(file).size).toBe(51);
  expect(statSync(`${file}.1`).size).toBe(21);
});

test('the log of the daemon rotates, for its owner alone', async () => {
  const {paths} = temporaryHome();
  const file = path.join(paths.state, 'daemon.log');
  const log = openLog(paths, {}, {file, rotation: {bytes: 300, keep: 3}});
  for (let index = 0; index < 20; index += 1) log.info(`event ${index}`);
  await log.flush();
  for (const name of [file, `${file}.1`, `${file}.3`]) {
    expect(statSync(name).size).toBeLessThanOrEqual(300);
    expect(statSync(name).mode & 0o777).toBe(0o600);
  }
  expect(JSON.parse(readFileSync(file, 'utf8').trim().split('\n').at(-1)!)).toMatchObject({msg: 'event 19'});
});
