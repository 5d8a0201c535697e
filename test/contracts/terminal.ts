import {describe, expect} from 'vitest';
import {straddling, textFrom} from './reader.ts';
import type {Scene} from './scene.ts';
import {size} from './scene.ts';

const megabyte = 1024 * 1024;

export function describeTerminal(scene: Scene): void {
  describe('the terminal', () => {
    scene.test('has the size it was spawned with from the first byte on', async () => {
      const id = await scene.create();
      await scene.provider.spawnAgent(id, scene.programs.printSize(), {columns: 91, rows: 33});
      const terminal = await scene.open(id);
      await terminal.reader.shows('size=');
      await terminal.reader.until(reader => /size=\d+x\d+\r?\n/.test(reader.text));
      expect(/size=\d+x\d+/.exec(terminal.reader.text)?.[0]).toBe('size=91x33');
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('sends back what is typed', async () => {
      const {id, terminal} = await scene.spawnUntil(scene.programs.echo(), 'ready');
      terminal.write(Buffer.from('grüße\r'));
      await terminal.reader.shows('grüße');
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('what was recorded comes first, then what happens now', async () => {
      const {id, terminal} = await scene.spawnUntil(scene.programs.echo(), 'ready');
      const later = await scene.open(id);
      await later.caughtUp;
      expect(later.reader.text).toContain('ready');
      terminal.write(Buffer.from('now\r'));
      await Promise.all([terminal.reader.shows('now'), later.reader.shows('now')]);
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('opened at a position, it goes on exactly there', async () => {
      const {id, terminal} = await scene.spawnUntil(scene.programs.echo(), 'ready');
      const position = terminal.reader.end;
      terminal.write(Buffer.from('behind it\r'));
      await terminal.reader.shows('behind it');
      const later = await scene.open(id, position);
      await later.reader.shows('behind it');
      expect(later.reader.text).not.toContain('ready');
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('a program sees each resize, and the record can be read again cut at them', async () => {
      const {id, terminal} = await scene.spawnUntil(scene.programs.printSize(), 'size=80x24');
      const cuts: number[] = [];
      for (const [columns, rows] of [
        [100, 30],
        [60, 20],
      ] as const) {
        cuts.push(await terminal.resize({columns, rows}));
        await terminal.reader.shows(`size=${columns}x${rows}`);
      }
      expect(textFrom(terminal.reader, cuts[1]!)).toContain('size=60x20');
      expect(textFrom(terminal.reader, cuts[1]!)).not.toContain('size=100x30');
      const again = await scene.open(id, 0, cuts);
      await again.reader.shows('size=60x20');
      expect(straddling(again.reader, cuts)).toEqual([]);
      expect(again.reader.text).toBe(terminal.reader.text);
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('a resize to the same size reaches nobody', async () => {
      const {id, terminal} = await scene.spawnUntil(scene.programs.printSize(), 'size=80x24');
      await terminal.resize({columns: 100, rows: 30});
      await terminal.reader.shows('size=100x30');
      await terminal.resize({columns: 100, rows: 30});
      await terminal.resize({columns: 60, rows: 20});
      await terminal.reader.shows('size=60x20');
      expect(terminal.reader.text.split('size=100x30')).toHaveLength(2);
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('a character whose bytes come apart arrives whole in the record', async () => {
      const id = await scene.spawn(scene.programs.splitUtf8());
      const terminal = await scene.open(id);
      expect(await terminal.closed).toBe('exited');
      expect(terminal.reader.text).toContain('<é>');
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('a flood of 10 MB arrives to the byte, before the end is told', async () => {
      const id = await scene.spawn(scene.programs.flood(10 * megabyte));
      const terminal = await scene.open(id);
      expect(await terminal.closed).toBe('exited');
      expect(terminal.reader.byteCount).toBe(10 * megabyte);
      const ends = terminal.reader.pieces.map(piece => piece.end);
      expect(ends).toEqual([...ends].sort((a, b) => a - b));
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('a terminal that nobody reads does not hold the program back', async () => {
      const stuck = await scene.spawn(scene.programs.flood(2 * megabyte));
      await scene.provider.openTerminal(stuck, {size, from: 0, cuts: []});
      const terminal = await scene.open(stuck);
      expect(await terminal.closed).toBe('exited');
      expect(terminal.reader.byteCount).toBe(2 * megabyte);
      await scene.provider.destroyEnvironment(stuck);
    });

    scene.test('of an environment that ended, it shows the record and says that it ended', async () => {
      const id = await scene.spawn(scene.programs.print('all there was'));
      expect(await (await scene.open(id)).closed).toBe('exited');
      const terminal = await scene.open(id);
      await terminal.caughtUp;
      expect(await terminal.closed).toBe('exited');
      expect(terminal.reader.text).toContain('all there was');
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('closing lets go and leaves the program alone', async () => {
      const {id, terminal} = await scene.spawnUntil(scene.programs.echo(), 'ready');
      terminal.close();
      expect(await terminal.closed).toBe('detached');
      expect(await scene.provider.getEnvironment(id)).toMatchObject({state: 'running'});
      const again = await scene.open(id);
      again.write(Buffer.from('still here\r'));
      await again.reader.shows('still here');
      await scene.provider.destroyEnvironment(id);
    });
  });
}
