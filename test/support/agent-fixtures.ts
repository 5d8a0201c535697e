import {readFileSync} from 'node:fs';
import path from 'node:path';
import {gunzipSync} from 'node:zlib';
import type {Kind, Status} from '../../src/agents/status/verdict.ts';
import type {Size} from '../../src/lib/size.ts';

const root = path.resolve(import.meta.dirname, '../fixtures/agents');
const json = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

export interface Labelled extends Size {
  readonly file: string;
  readonly agent: string;
  readonly status: Status;
  readonly kind?: Kind;
  readonly title?: string;
}

export interface Recording extends Size {
  readonly file: string;
  readonly agent: string;
  readonly match: string;
  readonly steps: readonly {
    readonly status: Status;
    readonly kind?: Kind;
    readonly or?: Status;
    readonly at?: number;
    readonly optional?: boolean;
  }[];
}

export const labelled = (directory: 'screens' | 'sizes'): readonly Labelled[] =>
  json(`${directory}/index.json`).map((one: Labelled) => ({...one, file: path.join(directory, one.file)}));

export const recordings: readonly Recording[] = json('recordings/index.json');

export const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8');
export const bytesOf = ({file}: Recording): Buffer =>
  gunzipSync(readFileSync(path.join(root, 'recordings', `${file}.gz`)));

export interface HookSample {
  readonly event: string;
  readonly via: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export const hookSamples = (agent: string): readonly HookSample[] =>
  textOf(`hooks/${agent}.jsonl`)
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line));
