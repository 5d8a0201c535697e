import {expect, test} from 'vitest';
import {promptText} from '../../../src/sessions/prompts/prompt-text.ts';
import {typedBytes} from '../../../src/sessions/prompts/typed-bytes.ts';
import {createDraft} from '../../../src/terminal/draft.ts';

test.each([
  ['line ends are one kind, blanks at the end go', 'a\r\nb\rc\td \n\n', 'a\nb\nc\td'],
  ['controls can be read and do nothing', '\x1b[201~\x00\x03\x7f', '␛[201~␀␃␡'],
  ['those of eight bits go', 'a\x9b201~\x85b', 'a201~b'],
  ['half a character is none', 'a\ud800b', 'a\ufffdb'],
  ['everything else stays', '  größe 漢字 👩‍👩‍👧', '  größe 漢字 👩‍👩‍👧'],
])('%s', (_what, given, text) => expect(promptText(given)).toBe(text));

test('in whatever is pasted the only escapes are the two of the paste itself', () => {
  const every = Array.from({length: 0x100}, (_, code) => String.fromCharCode(code)).join('');
  const bytes = Buffer.from(typedBytes(promptText(`${every}\x1b[201~`), true)).toString();
  expect(bytes.slice(0, 6) + bytes.slice(-6)).toBe('\x1b[200~\x1b[201~');
  expect(bytes.slice(6, -6)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
});

test.each([
  ['abc', 3],
  ['abc\r', 0],
  ['abc\x7f\x7f', 1],
  ['a\x7f\x7f\x7fb', 1],
  ['abc\x1b[D\x1b[1;5C\x1bOA', 3],
  ['abc\x03', 0],
  ['abc\x1b[13u', 0],
  ['\x1b[200~two\rlines\x1b[201~', 9],
  ['\x1b[200~two\rlines\x1b[201~\r', 0],
])('the keys %j leave a draft of %i', (keys, length) => {
  const draft = createDraft();
  draft.typed(Buffer.from(keys));
  expect(draft.length).toBe(length);
});
