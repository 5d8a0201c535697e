import {describe, expect} from 'vitest';
import type {ExecStream} from '../../src/providers/provider.ts';
import type {Scene} from './scene.ts';

const outputOf = (stream: ExecStream) => {
  const text = {stdout: '', stderr: ''};
  const waiting: (() => void)[] = [];
  stream.onOutput((from, bytes) => {
    text[from] += Buffer.from(bytes).toString('utf8');
    for (const check of [...waiting]) check();
  });
  const shows = (wanted: string): Promise<void> =>
    new Promise(done => {
      const check = () => {
        if (text.stdout.includes(wanted)) done();
      };
      waiting.push(check);
      check();
    });
  return {text, shows};
};

/** A tar archive of one file, as small as the format allows. */
function tarOf(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body, Buffer.alloc(1024)]);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

export function describeExec(scene: Scene): void {
  describe('a further process', () => {
    const run = async (argv: readonly [string, ...string[]]) => {
      const {id} = await scene.spawnUntil(scene.programs.echo(), 'ready');
      const stream = await scene.provider.exec(id, argv);
      return {id, stream, output: outputOf(stream)};
    };

    scene.test('keeps its streams apart and ends with its own exit code', async () => {
      const {id, stream, output} = await run(scene.programs.bothStreams('to out', 'to err', 5));
      expect(await stream.exit).toBe(5);
      expect(output.text.stdout.trim()).toBe('to out');
      expect(output.text.stderr.trim()).toBe('to err');
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('brings nothing while it is paused, and loses nothing', async () => {
      const {id, stream, output} = await run(scene.programs.readInput());
      stream.stdin.write(Buffer.from('one '));
      await output.shows('one ');
      stream.pause();
      stream.stdin.write(Buffer.from('two '));
      // Time enough for it to come: another one runs from its beginning to its end.
      const other = await scene.provider.exec(id, scene.programs.bothStreams('a', 'b', 0));
      outputOf(other);
      await other.exit;
      expect(output.text.stdout).toBe('one ');
      stream.resume();
      await output.shows('one two ');
      stream.stdin.end();
      expect(await stream.exit).toBe(0);
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('reads its input to the end', async () => {
      const {id, stream, output} = await run(scene.programs.readInput());
      stream.stdin.write(Buffer.from('one '));
      stream.stdin.write(Buffer.from('two'));
      stream.stdin.end();
      expect(await stream.exit).toBe(0);
      expect(output.text.stdout).toBe('one two');
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('with a terminal it has the size asked for, and sees it change', async () => {
      const {id} = await scene.spawnUntil(scene.programs.echo(), 'ready');
      const stream = await scene.provider.exec(id, scene.programs.execPrintSize(), {tty: {columns: 77, rows: 21}});
      const output = outputOf(stream);
      await output.shows('size=77x21');
      await stream.resize({columns: 50, rows: 10});
      await output.shows('size=50x10');
      stream.kill();
      await stream.exit;
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('ends when it is killed', async () => {
      const {id, stream, output} = await run(scene.programs.execForever());
      await output.shows('ready');
      stream.kill();
      expect(await stream.exit).toBeGreaterThan(128);
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('of a program that is not there ends with 127', async () => {
      const {id, stream} = await run(['/no/such/program']);
      expect(await stream.exit).toBe(127);
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('in an environment that does not run is refused', async () => {
      const id = await scene.create();
      await expect(scene.provider.exec(id, scene.programs.readInput())).rejects.toMatchObject({name: 'AppError'});
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('a tar goes in, and a tar of it comes out', async () => {
      const {id} = await scene.spawnUntil(scene.programs.echo(), 'ready');
      await scene.provider.copyIn(id, '/workspace', once(tarOf('note.txt', 'carried in')));
      const stream = await scene.provider.exec(id, scene.programs.readFile('/workspace/note.txt'));
      const output = outputOf(stream);
      expect(await stream.exit).toBe(0);
      expect(output.text.stdout).toBe('carried in');
      const pieces: Uint8Array[] = [];
      for await (const piece of await scene.provider.copyOut(id, '/workspace/note.txt')) pieces.push(piece);
      const tar = Buffer.concat(pieces).toString('utf8');
      expect(tar).toContain('note.txt');
      expect(tar).toContain('carried in');
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('can write in the workspace', async () => {
      const {id, stream} = await run(scene.programs.writeFile('/workspace/made.txt', 'by the agent'));
      expect(await stream.exit).toBe(0);
      const reading = await scene.provider.exec(id, scene.programs.readFile('/workspace/made.txt'));
      const output = outputOf(reading);
      await reading.exit;
      expect(output.text.stdout.trim()).toBe('by the agent');
      await scene.provider.destroyEnvironment(id);
    });
  });
}
