/**
 * The addon reads its tables from the start of the memory behind a Buffer, where a small one shares that with others: with whatever is
 * there it gave wrong widths, asked for gigabytes, or could not be loaded at all. While it loads no Buffer shares its memory.
 */
async function loadAlone() {
  const {poolSize} = Buffer;
  Buffer.poolSize = 0;
  try {
    return (await import('@xterm/addon-unicode-graphemes')).default;
  } finally {
    Buffer.poolSize = poolSize;
  }
}

export const graphemes = await loadAlone();
