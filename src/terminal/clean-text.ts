/** Letters that turn the direction of text, and invisible ones that could hide it. */
const unseen = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;

/** Text of an agent's (a title, a message, a file name) without control, bidi and other invisible characters, on one line. */
export const cleanText = (text: string, most = 256): string =>
  [
    ...text
      .replace(/\s+/gu, ' ')
      .replace(/\p{Cc}/gu, '')
      .replace(unseen, '')
      .trim(),
  ]
    .slice(0, most)
    .join('');
