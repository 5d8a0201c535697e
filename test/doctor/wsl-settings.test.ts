import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {plan} from '../../src/doctor/doctor.ts';
import {lineDiff, valueIn, withValues} from '../../src/doctor/wsl/ini.ts';
import {temporaryDirectory} from '../support/home.ts';
import {but, healthy, viewOn} from './machines.ts';

test('a file that is not there is begun', () => {
  expect(withValues('', 'wsl2', {memory: '8GB'})).toBe('[wsl2]\nmemory=8GB\n');
});

test('what is in a file stays as it is, with its comments and its ends of lines', () => {
  const text = '# mine\r\n[WSL2]\r\nMemory = 4GB ; little\r\nswap=0\r\n\r\n[experimental]\r\nsparseVhd=true\r\n';
  expect(withValues(text, 'wsl2', {memory: '8GB', processors: '4'})).toBe(
    '# mine\r\n[WSL2]\r\nmemory=8GB\r\nswap=0\r\nprocessors=4\r\n\r\n[experimental]\r\nsparseVhd=true\r\n',
  );
  expect(withValues(text, 'network', {x: '1'})).toBe(`${text}\r\n[network]\r\nx=1\r\n`);
});

test('a value that is there already changes nothing, and one in another section is none', () => {
  const text = '[boot]\nsystemd=true\n';
  expect(withValues(text, 'boot', {systemd: 'true'})).toBe(text);
  expect(valueIn(text, 'Boot', 'SystemD')).toBe('true');
  expect(valueIn('[user]\nsystemd=true\n# systemd=false\n', 'boot', 'systemd')).toBeUndefined();
});

test('the difference is told line by line', () => {
  expect(lineDiff('a\nb\nc\n', 'a\nB\nc\nd\n')).toEqual(['  a', '- b', '+ B', '  c', '+ d']);
  expect(lineDiff('', 'a\n')).toEqual(['+ a']);
});

test('the file of the Windows user is written only by its step, with what came into it meanwhile', async () => {
  const home = temporaryDirectory();
  const file = path.join(home, '.wslconfig');
  const view = viewOn(
    but(healthy, {
      memoryBytes: 4 * 2 ** 30,
      files: {'/proc/sys/kernel/osrelease': '5.15.153.1-microsoft-standard-WSL2'},
      says: {'cmd.exe /d /c echo %USERPROFILE%': 'C:\\Users\\Ada\r\n', 'wslpath -u C:\\Users\\Ada': `${home}\n`},
    }),
  );
  // Where Windows does not tell its memory, enough is asked for.
  const [step] = (await plan(view)).filter(({name}) => name === 'wsl.memory');
  expect(step).toMatchObject({optional: true, detail: `${file}\n+ [wsl2]\n+ memory=6GB`});
  expect(() => readFileSync(file)).toThrow('ENOENT');
  mkdirSync(home, {recursive: true});
  writeFileSync(file, '[wsl2]\nswap=0\n');
  const real = {
    ...view.machine,
    read: async (name: string) => (name === file ? readFileSync(file, 'utf8') : view.machine.read(name)),
  };
  const [now] = (await plan({...view, machine: real})).filter(({name}) => name === 'wsl.memory');
  await now?.run(() => {});
  expect(readFileSync(file, 'utf8')).toBe('[wsl2]\nswap=0\nmemory=6GB\n');
});

test('without the programs of Windows there is nothing to offer', async () => {
  const view = viewOn(
    but(healthy, {
      memoryBytes: 4 * 2 ** 30,
      files: {'/proc/sys/kernel/osrelease': '5.15.153.1-microsoft-standard-WSL2'},
    }),
  );
  expect((await plan(view)).filter(({name}) => name.startsWith('wsl.'))).toEqual([]);
});
