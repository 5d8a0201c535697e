/** What the first bytes of a TLS connection say of where it goes. `more`: they are not all there yet. */
export type Hello =
  | {readonly is: 'more'}
  | {readonly is: 'hello'; readonly server: string}
  | {readonly is: 'other'; readonly problem: string};

const handshakeRecord = 22;
const clientHello = 1;
const serverName = 0;
const encryptedHello = 0xfe0d;
const longestRecord = 2 ** 14;
/** Of the message. Those with post-quantum keys are below 4 KB. */
export const longestHello = 32 * 1024;

const other = (problem: string): Hello => ({is: 'other', problem});
const notTls = other('it does not begin with a TLS handshake');
const broken = other('its TLS handshake is malformed');

/** Reads on and never beyond the end. */
function reader(bytes: Buffer) {
  let at = 0;
  const number = (size: number): number => {
    const value = bytes.readUIntBE(at, size);
    at += size;
    return value;
  };
  return {
    number,
    /** The bytes of a vector whose length stands before it, in so many bytes. */
    vector(size: number): Buffer {
      const length = number(size);
      if (at + length > bytes.length) throw new RangeError('beyond the end');
      at += length;
      return bytes.subarray(at - length, at);
    },
    skip(count: number) {
      at += count;
    },
    get left() {
      return bytes.length - at;
    },
  };
}

/** The handshake message, whatever records it is spread over. */
function message(bytes: Buffer): Buffer | Hello {
  const parts: Buffer[] = [];
  let held = 0;
  for (let at = 0; ; ) {
    if (bytes.length > at && bytes[at] !== handshakeRecord) return at === 0 ? notTls : broken;
    if (bytes.length > at + 1 && bytes[at + 1] !== 3) return notTls;
    if (bytes.length < at + 5) return {is: 'more'};
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0 || length > longestRecord) return broken;
    const part = bytes.subarray(at + 5, at + 5 + length);
    parts.push(part);
    held += part.length;
    if (held >= 4) {
      const all = Buffer.concat(parts);
      if (all[0] !== clientHello) return notTls;
      const whole = 4 + all.readUIntBE(1, 3);
      if (whole > longestHello) return other('its TLS handshake is too long');
      if (held >= whole) return all.subarray(4, whole);
    }
    if (part.length < length) return {is: 'more'};
    at += 5 + length;
  }
}

function nameIn(extension: Buffer): string | undefined {
  const list = reader(reader(extension).vector(2));
  if (list.number(1) !== 0) return undefined;
  const name = list.vector(2);
  return list.left === 0 ? name.toString('latin1') : undefined;
}

function serverIn(hello: Buffer): Hello {
  const all = reader(hello);
  all.skip(2 + 32);
  all.vector(1);
  all.vector(2);
  all.vector(1);
  const without = other('its TLS handshake names no host');
  if (all.left === 0) return without;
  const extensions = reader(all.vector(2));
  const names: Buffer[] = [];
  while (extensions.left > 0) {
    const type = extensions.number(2);
    const content = extensions.vector(2);
    // Behind it could be any host that the same servers serve.
    if (type === encryptedHello) return other('its TLS handshake hides the host (encrypted client hello)');
    if (type === serverName) names.push(content);
  }
  if (all.left > 0 || names.length > 1) return broken;
  if (!names[0]) return without;
  const server = nameIn(names[0]);
  return server ? {is: 'hello', server} : broken;
}

/** Which host a TLS connection is for, by its first bytes. */
export function readHello(bytes: Buffer): Hello {
  const found = message(bytes);
  if (!Buffer.isBuffer(found)) return found;
  try {
    return serverIn(found);
  } catch (error) {
    if (error instanceof RangeError) return broken;
    throw error;
  }
}
