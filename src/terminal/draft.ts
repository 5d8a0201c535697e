const pasteStart = '\x1b[200~';
const pasteEnd = '\x1b[201~';
/** Keys that send or throw away what stands in an input: Enter, ctrl-c, ctrl-d, ctrl-u, also in kitty's way of writing them. */
const clears = /^(?:[\r\x03\x04\x15]|\x1b\[(?:13|(?:99|100|117);5)u)$/;
/** One key: a CSI or SS3 sequence, a key with Alt, or a character. */
const key = /\x1b\[[0-?]*[ -/]*[@-~]|\x1bO[ -~]|\x1b[^\x1b]|[\s\S]/gu;

/** Counts what a person has typed and not sent. A guess: what their keys mean is the program's own affair. */
export function createDraft() {
  let count = 0;
  const keysIn = (text: string) => {
    for (const [one] of text.matchAll(key)) {
      if (clears.test(one)) count = 0;
      else if (one === '\x7f' || one === '\b') count = Math.max(0, count - 1);
      else if (/^[^\p{Cc}]/u.test(one)) count += 1;
    }
  };
  return {
    get length() {
      return count;
    },
    /** Whole keys, as `createTyping` hands them out. */
    typed(bytes: Uint8Array) {
      for (const part of Buffer.from(bytes).toString().split(pasteStart)) {
        const end = part.indexOf(pasteEnd);
        if (end >= 0) count += end;
        keysIn(end < 0 ? part : part.slice(end + pasteEnd.length));
      }
    },
    clear() {
      count = 0;
    },
  };
}
