/** Whole escape sequences: CSI, OSC, the other strings, and the rest. Made for bytes read as latin1. */
const sequence =
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-Z\\`-~])/g;
/** It goes back up to draw there, or clears the screen: what stood before was a whole picture. */
const redraws = /^\x1b\[\d*(?:;\d+)?[AFHJdf]$|^\x1b\[\?1049h$|^\x1bc$/;
/** A title or a status, which is written before what it stands for is drawn, or behind it; or the end of its screen. */
const tells = /^\x1b\](?:0|2|7501);|^\x1b\[\?1049l$/;

/** A place in a recording at which something may be known that was not before. */
export interface Cut {
  readonly at: number;
  /** A picture is whole here; otherwise a title or a status ends here. */
  readonly picture: boolean;
}

/**
 * These places in order, the end being the last. A picture is whole behind a synchronized update, before a title or a status, and before
 * something that is printed is drawn over: a recording has no times, from which one would tell otherwise.
 */
export function cutsOf(bytes: Uint8Array): readonly Cut[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const cuts: Cut[] = [];
  let drawing = false;
  let printed = false;
  let last = 0;
  const cut = (at: number, picture: boolean) => {
    if (at > (cuts.at(-1)?.at ?? 0)) cuts.push({at, picture});
    if (picture) printed = false;
  };
  for (const {0: found, index} of text.matchAll(sequence)) {
    printed ||= /[^\s\x00-\x1f\x7f]/.test(text.slice(last, index));
    last = index + found.length;
    if (found === '\x1b[?2026l') {
      drawing = false;
      cut(last, true);
    } else if (found === '\x1b[?2026h') {
      if (printed) cut(index, true);
      drawing = true;
    } else if (tells.test(found)) {
      if (!drawing && printed) cut(index, true);
      cut(last, false);
    } else if (!drawing && printed && redraws.test(found)) cut(index, true);
  }
  cut(text.length, true);
  return cuts;
}
