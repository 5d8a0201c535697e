import {once} from 'node:events';
import {styleText} from 'node:util';
import {cleanLine, safeJson} from './clean.ts';
import type {CliDeps, Output} from './context.ts';

export type Paint = (style: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string;

/** Results go to stdout, everything said about them to stderr. */
export interface Print {
  /** As it is: the caller has cleaned it. Resolves when there is room for more. */
  out(text: string | Uint8Array): Promise<void>;
  line(text: string): Promise<void>;
  json(value: unknown): Promise<void>;
  /** A remark for a person, on stderr. */
  note(text: string): void;
  /** A remark that replaces the one before it where stderr is a terminal; "" ends it. */
  progress(text: string): void;
  readonly paint: Paint;
  /** Whether stdout is a terminal. */
  readonly live: boolean;
}

const wantsColour = (stream: Output, env: CliDeps['env']): boolean =>
  stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';

/** Resolves when there is room for more, or nobody left to read. */
async function write(stream: Output, text: string | Uint8Array): Promise<void> {
  if (stream.destroyed || stream.writableEnded || stream.write(text)) return;
  const settled = new AbortController();
  const {signal} = settled;
  try {
    await Promise.race([once(stream, 'drain', {signal}), once(stream, 'close', {signal})]);
  } catch {
    // What broke the stream is told to the listener of run-cli.
  } finally {
    settled.abort();
  }
}

export function createPrint({stdout, stderr, env}: Pick<CliDeps, 'stdout' | 'stderr' | 'env'>): Print {
  const coloured = wantsColour(stdout, env);
  const out: Print['out'] = text => write(stdout, text);
  let open = false;
  return {
    out,
    line: text => out(`${text}\n`),
    json: value => out(`${safeJson(value)}\n`),
    note: text => stderr.write(`${text}\n`),
    progress(text) {
      const line = cleanLine(text);
      if (!stderr.isTTY) {
        if (line !== '') stderr.write(`${line}\n`);
        return;
      }
      if (line === '' && !open) return;
      open = line !== '';
      stderr.write(`\r\x1b[K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
    },
    paint: (style, text) => (coloured ? styleText(style, text, {validateStream: false}) : text),
    live: stdout.isTTY === true,
  };
}
