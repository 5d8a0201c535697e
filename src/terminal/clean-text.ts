/** Letters that turn the direction of text, and invisible ones that could hide it. */
export const unseen =
  /[\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** Text of an agent's (a title, a message, a file name) without control, bidi and other invisible characters, on one line. */
export const cleanText = (text: string, most = 256): string =>
  [
    ...text
      // An agent may send megabytes: cleaning looks no further than what can be shown.
      .slice(0, most * 4)
      .replace(/\s+/gu, ' ')
      .replace(/[\p{Cc}\p{Cs}]/gu, '')
      .replace(unseen, '')
      .trim(),
  ]
    .slice(0, most)
    .join('');
