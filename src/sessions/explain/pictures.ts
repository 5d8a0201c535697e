/** Whole escape sequences: CSI, OSC, the other strings, and the rest. Made for bytes read as latin1. */
const sequence =
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-Z\\`-~])/g;
/** It goes back up to draw there, or clears the screen: what stood before was a whole picture. */
const redraws = /^\x1b\[\d*(?:;\d+)?[AFHJdf]$|^\x1b\[\?1049[hl]$|^\x1bc$/;
/** A title or a status: an agent writes it before it draws what it stands for, or behind it. */
const tells = /^\x1b\](?:0|2|7501);/;

/**
 * The places in a recording at which a picture is whole, in order, the end being the last: behind a synchronized update, before a
 * title or a status, before something that is printed is drawn over. A recording has no times, from which one would tell otherwise.
 */
export function pictureEnds(bytes: Uint8Array): readonly number[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const ends: number[] = [];
  let drawing = false;
  let printed = false;
  let last = 0;
  const end = (at: number) => {
    if (at > 0 && at !== ends.at(-1)) ends.push(at);
    printed = false;
  };
  for (const {0: found, index} of text.matchAll(sequence)) {
    printed ||= /[^\s\x00-\x1f\x7f]/.test(text.slice(last, index));
    last = index + found.length;
    if (found === '\x1b[?2026h') {
      if (printed) end(index);
      drawing = true;
    } else if (found === '\x1b[?2026l') {
      drawing = false;
      end(last);
    } else if (!drawing && (tells.test(found) || (printed && redraws.test(found)))) end(index);
  }
  end(text.length);
  return ends;
}
