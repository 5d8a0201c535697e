import {isUtf8} from 'node:buffer';

export interface SequenceHandler {
  /** Printable text and C0 controls other than ESC; whole and valid UTF-8 characters only. */
  text(bytes: Uint8Array): void;
  /** ESC, intermediates and a final byte. */
  escape(bytes: Uint8Array): void;
  /** ESC [ … final. */
  csi(bytes: Uint8Array): void;
  /** Whether the CSI sequence at this place is taken as part of the text around it: most of a screen's are. */
  passes?(bytes: Uint8Array, from: number, to: number): boolean;
  /** OSC, DCS, APC, PM or SOS, told apart by the character behind ESC: `]`, `P`, `_`, `^`, `X`. Without introducer and terminator. */
  string(kind: string, payload: Uint8Array): void;
}

/** Strings longer than this are dropped whole, as are CSI sequences longer than a real one can be. */
const longestString = 1024 * 1024;
const longestCsi = 256;

const ESC = 0x1b;
const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;
const stringKinds = new Set([0x5d, 0x50, 0x5f, 0x5e, 0x58]);

/** `character`: within one that voids a sequence and goes with it. */
type State = 'ground' | 'character' | 'escape' | 'csi' | 'string' | 'stringEscape';

/** How many bytes at the end are the beginning of a UTF-8 character that is not complete. */
export function openTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

/**
 * C1 controls (U+0080–U+009F) in their ESC form, of the same length: some terminals, and our emulator, carry them out, and a
 * filter that looks for ESC would not see them.
 */
function withoutC1(bytes: Uint8Array): Uint8Array {
  let copy: Uint8Array | undefined;
  for (let at = bytes.indexOf(0xc2); at >= 0; at = bytes.indexOf(0xc2, at + 1)) {
    const next = bytes[at + 1];
    if (next === undefined || next < 0x80 || next > 0x9f) continue;
    copy ??= Uint8Array.from(bytes);
    copy[at] = ESC;
    copy[at + 1] = next - 0x40;
  }
  return copy ?? bytes;
}

const lenient = new TextDecoder('utf-8', {ignoreBOM: true});
/** What is no UTF-8 goes: a terminal in another encoding could read controls into it. */
const valid = (bytes: Uint8Array): Uint8Array =>
  isUtf8(bytes) ? bytes : Buffer.from(lenient.decode(bytes).replaceAll('\ufffd', ''));

/** Where a well-formed CSI sequence that begins at `from` ends; `from` when it is not whole, or not that plain. */
function endOfCsi(bytes: Uint8Array, from: number): number {
  if (bytes[from + 1] !== 0x5b) return from;
  const last = Math.min(bytes.length, from + longestCsi);
  for (let at = from + 2; at < last; at++) {
    const byte = bytes[at]!;
    if (byte >= 0x40 && byte <= 0x7e) return at + 1;
    if (byte < 0x20 || byte > 0x3f) return from;
  }
  return from;
}

/** Cuts terminal output into text and whole escape sequences, however it arrives in pieces. */
export function createSequences(handler: SequenceHandler) {
  let state: State = 'ground';
  let held: number[] = [];
  let parts: Uint8Array[] = [];
  let size = 0;
  let kind = '';
  let tail: Uint8Array = new Uint8Array(0);

  const begin = () => {
    held = [ESC];
    state = 'escape';
  };
  const endString = () => {
    state = 'ground';
    if (size <= longestString) handler.string(kind, parts.length === 1 ? parts[0]! : Buffer.concat(parts));
    parts = [];
  };
  const voidString = () => {
    state = 'ground';
    parts = [];
  };

  /** Goes on within ESC … or ESC [ … . */
  const step = (byte: number) => {
    if (byte === ESC) return begin();
    if (byte === CAN || byte === SUB) {
      state = 'ground';
      return;
    }
    // Terminals carry out a control within a sequence at once, and go on with the sequence.
    if (byte < 0x20) return handler.text(Uint8Array.of(byte));
    if (byte === 0x7f) return;
    if (byte > 0x7f) {
      state = 'character';
      return;
    }
    if (held.length <= longestCsi) held.push(byte);
    if (state === 'csi') {
      if (byte < 0x40) return;
      state = 'ground';
      if (held.length <= longestCsi) handler.csi(Uint8Array.from(held));
    } else if (held.length === 2 && byte === 0x5b) state = 'csi';
    else if (held.length === 2 && stringKinds.has(byte)) {
      state = 'string';
      kind = String.fromCharCode(byte);
      size = 0;
    } else if (byte >= 0x30) {
      state = 'ground';
      if (held.length <= longestCsi) handler.escape(Uint8Array.from(held));
    }
  };

  /** Takes what belongs to the string; returns where it stopped. */
  const takeString = (bytes: Uint8Array, from: number): number => {
    let at = from;
    while (at < bytes.length) {
      const byte = bytes[at]!;
      if (byte === ESC || byte === CAN || byte === SUB || (byte === BEL && kind === ']')) break;
      at += 1;
    }
    if (at > from) {
      size += at - from;
      // A copy: the caller may use its buffer again before the string ends.
      if (size <= longestString) parts.push(Uint8Array.from(bytes.subarray(from, at)));
      else parts = [];
    }
    if (at === bytes.length) return at;
    if (bytes[at] === ESC) state = 'stringEscape';
    else if (bytes[at] === BEL) endString();
    else voidString();
    return at + 1;
  };

  const takeText = (bytes: Uint8Array, from: number): number => {
    for (let at = from; ; ) {
      const next = bytes.indexOf(ESC, at);
      const end = next < 0 ? next : endOfCsi(bytes, next);
      if (end > next && handler.passes?.(bytes, next, end)) {
        at = end;
        continue;
      }
      const stop = next < 0 ? bytes.length : next;
      if (stop > from) handler.text(bytes.subarray(from, stop));
      if (next < 0) return stop;
      if (end > next) {
        handler.csi(bytes.subarray(next, end));
        return end;
      }
      begin();
      return next + 1;
    }
  };

  return {
    feed(piece: Uint8Array): void {
      let bytes = tail.length > 0 ? Buffer.concat([tail, piece]) : piece;
      // An open character waits for its rest, in whatever state: it may be half a C1 control.
      const open = openTail(bytes);
      tail = Uint8Array.from(bytes.subarray(bytes.length - open));
      bytes = withoutC1(valid(bytes.subarray(0, bytes.length - open)));
      let at = 0;
      while (at < bytes.length) {
        if (state === 'ground') at = takeText(bytes, at);
        else if (state === 'string') at = takeString(bytes, at);
        else if (state === 'character') {
          if ((bytes[at]! & 0xc0) === 0x80) at += 1;
          else state = 'ground';
        } else if (state === 'stringEscape') {
          // ESC \ ends a string; any other ESC ends it without effect and begins a sequence of its own.
          if (bytes[at] === 0x5c) {
            at += 1;
            endString();
          } else {
            voidString();
            begin();
          }
        } else step(bytes[at++]!);
      }
    },
  };
}
