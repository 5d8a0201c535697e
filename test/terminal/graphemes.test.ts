import path from 'node:path';
import {expect, test} from 'vitest';
import {run} from '../../src/lib/exec.ts';

/** What may lie at the start of the memory that small Buffers share when the tables are loaded. */
test.each([0, 1, 65, 255])('tables of widths are their own, whatever is in shared memory (%i)', async filling => {
  const program = `
    while (Buffer.allocUnsafe(64).byteOffset !== 0);
    new Uint8Array(Buffer.allocUnsafe(8).buffer).fill(${filling}, 0, 64);
    const {createEmulator} = await import(${JSON.stringify(path.resolve('src/terminal/emulator.ts'))});
    const emulator = createEmulator({size: {columns: 20, rows: 2}});
    emulator.write(Buffer.from('漢🙂e\\u0301|'));
    await emulator.settled();
    console.log(emulator.cursor.column, process.memoryUsage().arrayBuffers < 2 ** 27);`;
  const {stdout, stderr} = await run(process.execPath, ['--input-type=module', '-e', program]);
  expect(stderr).toBe('');
  expect(stdout).toBe('6 true');
});
