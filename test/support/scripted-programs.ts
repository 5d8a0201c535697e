import {readFileSync, writeFileSync} from 'node:fs';
import type {Host, Program} from '../../src/providers/mock/program.ts';
import type {Programs} from '../contracts/fixture.ts';

const inside = (host: Host, file: string) => file.replace(/^\/workspace/, host.workspace);
const tellSize = (host: Host) => {
  const tell = () => host.print(`size=${host.size.columns}x${host.size.rows}\r\n`);
  host.onResize(tell);
  tell();
};

const programs: Readonly<Record<string, (host: Host, args: readonly string[]) => void>> = {
  print(host, [text = '']) {
    host.print(text);
    host.exit(0);
  },
  idle: (host, [text = '']) => host.print(text),
  echo(host) {
    host.onInput(bytes => host.print(bytes));
    host.print('ready\r\n');
  },
  flood(host, [bytes]) {
    for (let left = Number(bytes); left > 0; left -= 65_536) host.print('x'.repeat(Math.min(left, 65_536)));
    host.exit(0);
  },
  exitWith: (host, [code]) => host.exit(Number(code)),
  printSize: tellSize,
  ignoreTerm(host) {
    host.onTerm(() => {});
    host.print('ready\r\n');
  },
  splitUtf8(host) {
    host.print(Uint8Array.of(0x3c, 0xc3));
    host.after(1, () => {
      host.print(Uint8Array.of(0xa9, 0x3e));
      host.exit(0);
    });
  },
  showVariable: (host, [name = '']) => host.print(`${name}=[${host.env[name] ?? ''}]`),
  bothStreams(host, [out = '', err = '', code]) {
    host.print(`${out}\n`);
    host.print(`${err}\n`, 'stderr');
    host.exit(Number(code));
  },
  readInput(host) {
    host.onInput(bytes => host.print(bytes));
    host.onInputEnd(() => host.exit(0));
  },
  execForever: host => host.print('ready\n'),
  readFile(host, [file = '']) {
    host.print(readFileSync(inside(host, file)));
    host.exit(0);
  },
  writeFile(host, [file = '', text = '']) {
    writeFileSync(inside(host, file), text);
    host.exit(0);
  },
};

/** The contract's programs as scripts of the mock provider. */
export const scriptedProgram = ([name = '', ...args]: readonly string[]): Program | undefined => {
  const program = Object.hasOwn(programs, name) ? programs[name] : undefined;
  return program && (host => program(host, args));
};

export const scriptedPrograms: Programs = {
  print: text => ({argv: ['print', text]}),
  idle: text => ({argv: ['idle', text]}),
  echo: () => ({argv: ['echo']}),
  flood: bytes => ({argv: ['flood', String(bytes)]}),
  exitWith: code => ({argv: ['exitWith', String(code)]}),
  printSize: () => ({argv: ['printSize']}),
  ignoreTerm: () => ({argv: ['ignoreTerm']}),
  splitUtf8: () => ({argv: ['splitUtf8']}),
  showVariable: name => ({argv: ['showVariable', name]}),
  bothStreams: (out, err, code) => ['bothStreams', out, err, String(code)],
  readInput: () => ['readInput'],
  execPrintSize: () => ['printSize'],
  execForever: () => ['execForever'],
  readFile: file => ['readFile', file],
  writeFile: (file, text) => ['writeFile', file, text],
};
