/** `string` is OSC, DCS, APC, PM or SOS: told apart by the byte behind ESC (`]`, `P`, `_`, `^`, `X`). */
export interface SequenceHandler {
  /** Printable text and C0 controls other than ESC; whole UTF-8 characters only. */
  text(bytes: Uint8Array): void;
  /** ESC, intermediates and a final byte. */
  escape(bytes: Uint8Array): void;
  /** ESC [ … final. */
  csi(bytes: Uint8Array): void;
  /** `payload` is without introducer and terminator; `bytes` is the whole. */
  string(kind: string, payload: Uint8Array, bytes: Uint8Array): void;
}

/** Strings longer than this are dropped whole, as are CSI sequences longer than a real one can be. */
const longestString = 1024 * 1024;
const longestCsi = 256;

const ESC = 0x1b;
const stringKinds = new Set([0x5d, 0x50, 0x5f, 0x5e, 0x58]);

type State = 'ground' | 'escape' | 'csi' | 'string' | 'stringEscape';

/** Bytes missing at the end of `bytes` to complete its last UTF-8 character: how many of the last ones to hold back. */
function openTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

/**
 * Cuts terminal output into text and whole escape sequences, however it arrives in pieces. C1 controls in UTF-8 (U+0080–U+009F)
 * are dropped: some terminals take them for ESC sequences that a filter would not see.
 */
export function createSequences(handler: SequenceHandler) {
  let state: State = 'ground';
  let held: number[] = [];
  let overlong = false;
  let tail: Uint8Array = new Uint8Array(0);

  const plain = (bytes: Uint8Array) => {
    let start = 0;
    // 0xC2 leads U+0080–U+00BF; only the first half of those are controls.
    for (let at = bytes.indexOf(0xc2); at >= 0; at = bytes.indexOf(0xc2, at + 1)) {
      const next = bytes[at + 1];
      if (next === undefined || next < 0x80 || next > 0x9f) continue;
      if (at > start) handler.text(bytes.subarray(start, at));
      start = at + 2;
    }
    if (start < bytes.length) handler.text(start === 0 ? bytes : bytes.subarray(start));
  };

  const finish = () => {
    const bytes = Uint8Array.from(held);
    const dropped = overlong;
    held = [];
    overlong = false;
    const was = state;
    state = 'ground';
    if (dropped) return;
    if (was === 'csi') handler.csi(bytes);
    else if (was === 'escape') handler.escape(bytes);
    else {
      const ended = bytes[bytes.length - 1] === 0x07 ? 1 : 2;
      handler.string(String.fromCharCode(bytes[1]!), bytes.subarray(2, bytes.length - ended), bytes);
    }
  };
  const abandon = () => {
    held = [];
    overlong = false;
    state = 'ground';
  };
  const hold = (byte: number, most: number) => {
    if (held.length < most) held.push(byte);
    else overlong = true;
  };

  const step = (byte: number) => {
    if (state !== 'stringEscape' && state !== 'string' && byte === ESC) {
      // A new sequence begins inside an unfinished one: the first is void.
      held = [ESC];
      overlong = false;
      state = 'escape';
      return;
    }
    // CAN and SUB end any sequence.
    if (byte === 0x18 || byte === 0x1a) return abandon();
    switch (state) {
      case 'escape':
        hold(byte, longestCsi);
        if (held.length === 2 && byte === 0x5b) state = 'csi';
        else if (held.length === 2 && stringKinds.has(byte)) state = 'string';
        else if (byte >= 0x30 && byte <= 0x7e) finish();
        else if (byte < 0x20 || byte > 0x7e) abandon();
        return;
      case 'csi':
        hold(byte, longestCsi);
        if (byte >= 0x40 && byte <= 0x7e) finish();
        else if (byte > 0x7e) abandon();
        return;
      case 'string':
        hold(byte, longestString);
        if (byte === 0x07) finish();
        else if (byte === ESC) state = 'stringEscape';
        return;
      case 'stringEscape':
        if (byte === 0x5c) {
          hold(byte, longestString + 1);
          finish();
        } else {
          // ESC inside a string ends it without effect and begins a sequence of its own.
          held = [ESC];
          overlong = false;
          state = 'escape';
          step(byte);
        }
        return;
    }
  };

  return {
    feed(piece: Uint8Array): void {
      let bytes = piece;
      if (tail.length > 0) {
        bytes = Buffer.concat([tail, piece]);
        tail = new Uint8Array(0);
      }
      let at = 0;
      while (at < bytes.length) {
        if (state !== 'ground') {
          step(bytes[at++]!);
          continue;
        }
        const next = bytes.indexOf(ESC, at);
        const end = next < 0 ? bytes.length : next;
        let text = bytes.subarray(at, end);
        if (next < 0) {
          const open = openTail(text);
          if (open > 0) {
            tail = Uint8Array.from(text.subarray(text.length - open));
            text = text.subarray(0, text.length - open);
          }
        }
        if (text.length > 0) plain(text);
        at = end;
        if (next >= 0) step(bytes[at++]!);
      }
    },
    /** Whether everything fed so far has been handed on. */
    get atBoundary() {
      return state === 'ground' && tail.length === 0;
    },
  };
}
