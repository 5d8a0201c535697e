export const requestBytes = 256;
export const answerBytes = 1024;
export const streamBytes = 512 * 2 ** 20;

/** A TLS handshake for allowed.example, as small as one can be. What comes behind it is nobody's business but the upstream's. */
export function hello(): Buffer {
  const name = Buffer.from('allowed.example');
  const u16 = (value: number) => [value >> 8, value & 255];
  const extension = Buffer.from([
    ...u16(0),
    ...u16(name.length + 5),
    ...u16(name.length + 3),
    0,
    ...u16(name.length),
    ...name,
  ]);
  const body = Buffer.from([
    3,
    3,
    ...Buffer.alloc(32),
    0,
    ...u16(2),
    0x13,
    1,
    1,
    0,
    ...u16(extension.length),
    ...extension,
  ]);
  return Buffer.from([22, 3, 1, ...u16(body.length + 4), 1, 0, ...u16(body.length), ...body]);
}

export const helloBytes = hello().length;
