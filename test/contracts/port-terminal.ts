import {describe, expect, test} from 'vitest';
import {createEmulator} from '../../src/terminal/emulator.ts';
import {becomes, code, frameWith, type PortScene, reader, size} from './port-scene.ts';

const bytes = (text: string) => Buffer.from(text);

async function linesOf(pieces: readonly Uint8Array[], at = size): Promise<readonly string[]> {
  const emulator = createEmulator({size: at});
  for (const piece of pieces) emulator.write(piece);
  await emulator.settled();
  const lines = emulator.lines(0);
  emulator.dispose();
  return lines;
}

export function describeTerminal(scene: PortScene): void {
  describe('attach', () => {
    test('first the exact screen, then what the agent prints', async () => {
      await scene.ready(['idle', '\x1b[2J\x1b[5;10H\x1b[31mred\x1b[0m\x1b[7;1Hbelow'], 'below');
      const attachment = await scene.attach();
      await attachment.output.has('below');
      expect(await linesOf(attachment.output.pieces)).toEqual((await scene.port.screen('api')).lines);

      await scene.ready(['echo'], 'ready', 'web');
      const web = await scene.attach('web');
      await web.output.has('ready');
      web.write(bytes('typed'));
      await web.output.has('typed');
      expect(await linesOf(web.output.pieces)).toEqual((await scene.port.screen('web')).lines);
    });

    test('a size reaches the program, and is known to whoever opens the session later', async () => {
      await scene.ready(['printSize'], 'size=80x24');
      const attachment = await scene.attach('api', {columns: 100, rows: 30});
      await attachment.output.has('size=100x30');
      attachment.resize({columns: 70, rows: 20});
      attachment.resize({columns: 90, rows: 20});
      await attachment.output.has('size=90x20');
      attachment.detach();
      expect(await attachment.closed).toEqual({reason: 'detached'});
      const another = scene.fixture.another();
      const later = await frameWith(another, 'api', frame => frame.size.columns === 90, scene.fixture.pass);
      expect(later.size).toEqual({columns: 90, rows: 20});
      expect(later.lines).toEqual((await scene.port.screen('api')).lines);
    });

    test('a terminal that does not know its size, or claims an absurd one, does no harm', async () => {
      await scene.ready(['printSize'], 'size=80x24');
      await (await scene.attach('api', {columns: 90, rows: 30})).output.has('size=90x30');
      await (await scene.attach('api', {columns: 0, rows: Number.NaN})).output.has('size=80x24');
      await (await scene.attach('api', {columns: 1e9, rows: 1e9})).output.has('size=1000x1000');
    });

    test('two look at once; one that leaves does not take the other along', async () => {
      await scene.ready(['echo'], 'ready');
      const [one, two] = [await scene.attach(), await scene.attach()];
      one.write(bytes('first'));
      await Promise.all([one.output.has('first'), two.output.has('first')]);
      one.detach();
      one.write(bytes('unheard'));
      two.write(bytes('second'));
      await two.output.has('second');
      expect(one.output.text + two.output.text).not.toContain('unheard');
      expect(one.output.text).not.toContain('second');
    });

    test('when the agent ends its viewers hear with which code', async () => {
      await scene.ready(['exitAtKey', '5'], 'press');
      const attachment = await scene.attach();
      attachment.write(bytes('x'));
      expect(await attachment.closed).toEqual({reason: 'exited', exitCode: 5});
      await becomes(scene.port, 'api', view => view.phase === 'stopped');
      await expect(scene.port.attach('api', size)).rejects.toEqual(code('PHASE_FORBIDS'));
    });

    test('what is hostile in an agent’s output does not reach a viewer', async () => {
      await scene.ready(['echo'], 'ready');
      const attachment = await scene.attach();
      attachment.write(bytes('\x1b]52;c;?\x07\x1b]7501;state=working\x07\x1b[8;1;1tend'));
      await attachment.output.has('end');
      expect(attachment.output.text).not.toMatch(/\]52|7501|8;1;1t/);
    });
  });

  describe('exec and shell', () => {
    test('both streams and the exit code come through', async () => {
      await scene.create();
      const handle = await scene.port.exec('api', {argv: ['bothStreams', 'out', 'err', '9']});
      const seen: string[] = [];
      handle.onOutput((stream, piece) => seen.push(`${stream}: ${Buffer.from(piece).toString().trim()}`));
      expect(await handle.exit).toBe(9);
      expect(seen).toEqual(['stdout: out', 'stderr: err']);
    });

    test('input arrives, and its end; killing ends it', async () => {
      await scene.create();
      const handle = await scene.port.exec('api', {argv: ['readInput']});
      const seen: string[] = [];
      handle.onOutput((_stream, piece) => seen.push(Buffer.from(piece).toString()));
      handle.write(bytes('hello'));
      handle.end();
      expect(await handle.exit).toBe(0);
      expect(seen.join('')).toBe('hello');
      const forever = await scene.port.exec('api', {argv: ['execForever']});
      forever.kill();
      expect(await forever.exit).toBe(137);
    });

    test('a shell has a terminal of its own, with its size', async () => {
      await scene.create();
      const handle = await scene.port.exec('api', {argv: ['printSize'], tty: {columns: 66, rows: 22}});
      const output = reader();
      handle.onOutput((_stream, piece) => output.take(piece));
      await output.has('size=66x22');
      handle.resize({columns: 50, rows: 10});
      await output.has('size=50x10');
      handle.kill();
      const shell = await scene.port.shell('api', size);
      shell.kill();
      expect(await shell.exit).toBe(137);
    });

    test('a session that does not run is told how to start it', async () => {
      await scene.create();
      await scene.port.stop('api');
      await expect(scene.port.exec('api', {argv: ['print', 'x']})).rejects.toMatchObject({
        ...{code: 'PHASE_FORBIDS', hint: expect.stringContaining('trails start api')},
      });
    });
  });
}
