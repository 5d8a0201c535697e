const pasteStart = '\x1b[200~';
const pasteEnd = '\x1b[201~';

/** What a person does with the keyboard, as far as our agents know it. */
export type Typed =
  | {readonly key: 'enter' | 'escape' | 'backspace' | 'interrupt'}
  | {readonly key: 'text'; readonly text: string};

const single: Readonly<Record<string, Exclude<Typed['key'], 'text'>>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x03': 'interrupt',
};

const sequence = /^\x1b(?:\[[0-?]*[ -/]*[@-~]|O.)/;
const plainPaste = (text: string): string => text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n]/gu, '');

/** Reads keys and bracketed pastes; a paste may come in pieces. Arrows and other sequences mean nothing here. */
export function readTyping(onTyped: (typed: Typed) => void): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder();
  let pasted: string | undefined;
  /** Takes one thing from the front; how many characters that were. */
  const take = (text: string): number => {
    if (pasted !== undefined) {
      const before = pasted.length;
      const whole = pasted + text;
      const end = whole.indexOf(pasteEnd);
      pasted = end < 0 ? whole : undefined;
      if (end < 0) return text.length;
      onTyped({key: 'text', text: plainPaste(whole.slice(0, end))});
      return end + pasteEnd.length - before;
    }
    if (text.startsWith(pasteStart)) {
      pasted = '';
      return pasteStart.length;
    }
    const [skipped] = sequence.exec(text) ?? [];
    if (skipped !== undefined) return skipped.length;
    const character = String.fromCodePoint(text.codePointAt(0) ?? 0);
    const key = character === '\x1b' ? 'escape' : single[character];
    if (key !== undefined) onTyped({key});
    else if (character >= ' ') onTyped({key: 'text', text: character});
    return character.length;
  };
  return bytes => {
    let text = decoder.decode(bytes, {stream: true});
    while (text !== '') text = text.slice(take(text));
  };
}
