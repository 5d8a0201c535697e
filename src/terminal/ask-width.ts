import type {Readable, Writable} from 'node:stream';
import type {Clock} from '../lib/clock.ts';

export type AskedInput = Readable & {readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown};

/** One cell in the West, two in some terminals of the East. */
const ambiguous = '…';
const question = `\r${ambiguous}\x1b[6n`;
const wipe = '\r\x1b[K';
const patienceMs = 300;

/** How many cells the terminal gives to an ambiguous sign; undefined where it does not tell. What was typed meanwhile is lost. */
export function askWidth(stdin: AskedInput, stdout: Writable, clock: Clock): Promise<number | undefined> {
  const {promise, resolve: tell} = Promise.withResolvers<number | undefined>();
  let heard = '';
  const listen = (bytes: Buffer) => {
    heard = `${heard}${bytes.toString('latin1')}`.slice(-1000);
    const column = /\x1b\[\d+;(\d+)R/.exec(heard)?.[1];
    if (column !== undefined) tell(Number(column) - 1);
  };
  const cancel = clock.after(patienceMs, () => tell(undefined));
  stdin.setRawMode?.(true);
  stdin.on('data', listen);
  stdin.resume();
  stdout.write(question);
  return promise.finally(() => {
    cancel();
    stdin.off('data', listen);
    stdin.setRawMode?.(false);
    stdin.pause();
    stdout.write(wipe);
  });
}
