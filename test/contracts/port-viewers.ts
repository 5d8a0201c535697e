import {describe, expect, test} from 'vitest';
import {createEmulator} from '../../src/terminal/emulator.ts';
import {frameWith, type PortScene, plain, reading, size} from './port-scene.ts';

const bytes = (text: string) => Buffer.from(text);

/** What a terminal that was given these pieces shows. */
async function shownBy(pieces: readonly Uint8Array[], at = size): Promise<readonly string[]> {
  const emulator = createEmulator({size: at});
  for (const piece of pieces) emulator.write(piece);
  await emulator.settled();
  const lines = emulator.text();
  emulator.dispose();
  return lines;
}

export function describeViewers(scene: PortScene): void {
  describe('several terminals on one session', () => {
    const sizeBecomes = (columns: number) =>
      frameWith(scene.port, 'api', frame => frame.size.columns === columns, scene.fixture.pass);
    const screen = async () =>
      plain(await scene.port.screen('api'))
        .split('\n')
        .map(line => line.trimEnd());
    /** Lets time pass, a picture at a time, until it holds. */
    const passing = async (holds: () => Promise<boolean> | boolean) => {
      while (!(await holds())) {
        scene.fixture.pass(40);
        await new Promise(resolve => setImmediate(resolve));
      }
    };

    test('of one size they see the same, whoever types', async () => {
      await scene.ready(['echo'], 'ready');
      const [one, two] = [await scene.attach(), await scene.attach()];
      one.write(bytes('\x1b[5;5H\x1b[31mfrom one\r\n'));
      await Promise.all([one, two].map(({output}) => output.has('from one')));
      two.write(bytes('from two'));
      await Promise.all([one, two].map(({output}) => output.has('from two')));
      await scene.shows('api', 'from two');
      expect(await shownBy(one.output.pieces)).toEqual(await screen());
      expect(await shownBy(two.output.pieces)).toEqual(await screen());
    });

    test('the session has the size of the one who typed last; who attaches has typed', async () => {
      await scene.ready(['printSize'], 'size=80x24');
      const one = await scene.attach('api', {columns: 100, rows: 30});
      await one.output.has('size=100x30');
      const two = await scene.attach('api', {columns: 90, rows: 20});
      await two.output.has('size=90x20');
      one.write(bytes('k'));
      await scene.shows('api', 'size=100x30');
      await sizeBecomes(100);
    });

    test('focus, mouse moves, answers and a resized window are no typing', async () => {
      await scene.ready(['printSize'], 'size=80x24');
      const one = await scene.attach('api', {columns: 100, rows: 30});
      const two = await scene.attach('api', {columns: 90, rows: 20});
      await two.output.has('size=90x20');
      one.write(bytes('\x1b[I\x1b[<35;3;4M\x1b[3;4R\x1b[?62;22c'));
      one.write(bytes('\x1b]11;rgb:0000/0000/0000\x1b\\\x1bP>|xterm(380)\x1b\\'));
      one.resize({columns: 70, rows: 25});
      two.resize({columns: 91, rows: 20});
      await two.output.has('size=91x20');
      expect((await screen()).join()).not.toMatch(/size=70x25/);
      one.write(bytes('\x1b[<0;3;4M'));
      await one.output.has('size=70x25');
    });

    test('when the one who typed last leaves, the one before has its size again', async () => {
      await scene.ready(['printSize'], 'size=80x24');
      const one = await scene.attach('api', {columns: 100, rows: 30});
      const two = await scene.attach('api', {columns: 90, rows: 20});
      const three = await scene.attach('api', {columns: 70, rows: 20});
      await three.output.has('size=70x20');
      one.write(bytes('k'));
      await sizeBecomes(100);
      one.detach();
      await sizeBecomes(70);
      two.detach();
      three.resize({columns: 71, rows: 20});
      await three.output.has('size=71x20');
    });

    test('only the terminal of the one who typed last is asked, and only its answer counts', async () => {
      await scene.ready(['asksAfter', '60000'], '');
      const [one, two] = [await scene.attach(), await scene.attach()];
      scene.fixture.pass(60_000);
      await Promise.all([one, two].map(({output}) => output.has('asked')));
      expect(two.output.text).toContain('\x1b[6n');
      expect(one.output.text).not.toContain('\x1b[6n');
      one.write(bytes('\x1b[1;1R'));
      two.write(bytes('\x1b[1;1R'));
      await Promise.all([one, two].map(({output}) => output.has('answers=1')));
      two.write(bytes('\x1b[1;1R'));
      await two.output.has('answers=2');
    });

    test('when that one leaves, the one before is asked', async () => {
      await scene.ready(['asksAfter', '60000'], '');
      const [one, two] = [await scene.attach(), await scene.attach('api', {columns: 90, rows: 20})];
      two.detach();
      await sizeBecomes(80);
      scene.fixture.pass(60_000);
      await one.output.has('\x1b[6n');
      one.write(bytes('\x1b[1;1R'));
      await one.output.has('answers=1');
    });

    test('a reader that is stuck holds nobody, and then gets the screen instead of what it missed', async () => {
      await scene.ready(['echo'], 'ready');
      const stuck = await scene.port.attach('api', size);
      const other = await scene.attach();
      const line = `${'x'.repeat(70)}\r\n`;
      for (let round = 0; round < 64; round++) {
        other.write(bytes(`${line.repeat(900)}round ${round} is here\r\n`));
        await other.output.has(`round ${round} is here`);
      }
      other.write(bytes('FINIS'));
      await other.output.has('FINIS');
      const late = reading(stuck.output);
      await late.has('FINIS');
      await scene.shows('api', 'FINIS');
      expect(late.text.length).toBeLessThan(other.output.text.length / 2);
      expect(await shownBy(late.pieces)).toEqual(await screen());
      other.write(bytes(' and on'));
      await late.has(' and on');
      await scene.shows('api', 'and on');
      expect(await shownBy(late.pieces)).toEqual(await screen());
    });

    test('a terminal of another size sees the same text, cut to where the cursor is', async () => {
      await scene.ready(['echo'], 'ready');
      const narrow = {columns: 40, rows: 10};
      const one = await scene.attach('api', narrow);
      const two = await scene.attach('api', {columns: 100, rows: 30});
      two.write(bytes('\x1b[2J\x1b[3;5Hmirrored\x1b[7;1Hbelow'));
      await passing(() => one.output.text.includes('below'));
      const all = await screen();
      expect(all[2]).toBe('    mirrored');
      expect(await shownBy(one.output.pieces, narrow)).toEqual(all.slice(0, 10));
      two.write(bytes('\x1b[29;90Hfar away'));
      await passing(() => one.output.text.includes('far away'));
      expect((await shownBy(one.output.pieces, narrow)).join('\n')).toContain('far away');
    });

    test('a larger terminal sees the whole, and with its first key it has the agent to itself', async () => {
      await scene.ready(['echo'], 'ready');
      const wide = {columns: 90, rows: 28};
      const one = await scene.attach('api', wide);
      await one.output.has('ready');
      const two = await scene.attach('api', size);
      two.write(bytes('\x1b[2J\x1b[24;1Hlast row'));
      await passing(() => one.output.text.includes('last row'));
      const mirrored = await shownBy(one.output.pieces, wide);
      expect(mirrored.slice(0, 24).map(line => line.slice(0, 80).trimEnd())).toEqual(await screen());
      expect(mirrored[26]).toMatch(/^·{90}$/);
      one.write(bytes('\x1b[1;1Hmine'));
      await one.output.has('mine');
      await sizeBecomes(90);
      await passing(async () => (await shownBy(one.output.pieces, wide)).join() === (await screen()).join());
      await passing(async () => (await shownBy(two.output.pieces)).join('\n').includes('mine'));
    });
  });
}
