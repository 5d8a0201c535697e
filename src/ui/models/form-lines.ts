import {type ChoiceField, type FormField, type FormState, formFields, isChoice} from './form.ts';
import {type Line, quiet, type Span} from './line.ts';
import {charactersOf, padded, shorten, shortenStart, widthOf, wrapWords} from './text.ts';
import type {TextField} from './text-field.ts';

const labelWidth = 13;

/** One line about the field that has the keys. */
const about: Record<FormField, string> = {
  name: 'Lower-case letters, digits and dashes. Type to replace the suggestion.',
  directory: 'What the agent works on.',
  workspace: '',
  agent: 'What runs inside; ← → choose.',
  command: 'For the shell: the command to run instead. For others: further arguments.',
  image: 'An image of the engine, or host: the tools of this machine.',
  memory: 'Like 2g or 512m.',
  cpus: 'Like 2 or 0.5.',
  pids: 'The most processes at once, like 512.',
  network: 'none, or open: everything can be reached; ← → choose.',
};

const workspaces: Record<FormState['chosen']['workspace'], string> = {
  auto: 'A clone of a git repository, a copy of anything else; ← → choose.',
  clone: 'A git clone of its own; its changes come back when you apply them.',
  copy: 'A copy of its own; its changes come back when you apply them.',
  bind: 'The directory itself: changes are immediate; one session at a time.',
};

/** A choice that leaves it to the configuration, or to Trails. */
const unchosen: Readonly<Record<ChoiceField, string | undefined>> = {
  workspace: 'auto',
  agent: undefined,
  network: 'default',
};
const choiceTexts: Readonly<Record<string, string>> = {default: 'as configured'};

const placeholders: Partial<Record<FormField, string>> = {
  command: 'as the agent comes',
  image: 'as configured',
  memory: 'as configured',
  cpus: 'as configured',
  pids: 'as configured',
};

/** The text around its cursor, within `width` cells; the cursor always in view. */
function fieldSpans(field: TextField, focused: boolean, width: number, placeholder: string): Line {
  if (!focused) {
    if (field.text === '') return [{text: shorten(placeholder, width), tone: 'quiet'}];
    return [{text: shortenStart(field.text, width), ...(field.suggested ? {tone: 'quiet' as const} : {})}];
  }
  const characters = charactersOf(field.text);
  const room = Math.max(1, width - 1);
  let first = field.cursor;
  let used = 0;
  while (first > 0 && used + widthOf(characters[first - 1] ?? '') <= room) {
    first--;
    used += widthOf(characters[first] ?? '');
  }
  const before = characters.slice(first, field.cursor).join('');
  const under = characters[field.cursor];
  const after = shorten(characters.slice(field.cursor + 1).join(''), width - widthOf(before) - 1);
  const tone = field.suggested ? {tone: 'quiet' as const} : {};
  const hint =
    field.text === ''
      ? [{text: shorten(placeholder.slice(1), width - 1), tone: 'quiet' as const}]
      : [{text: after, ...tone}];
  const cursor = under ?? (field.text === '' ? (placeholder[0] ?? ' ') : ' ');
  return [{text: before, ...tone}, {text: cursor, inverse: true}, ...hint];
}

function valueSpans(form: FormState, field: FormField, focused: boolean, width: number): Line {
  if (isChoice(field)) {
    const value = form.chosen[field];
    const text = choiceTexts[value] ?? value;
    const loose = value === 'bind' || value === 'open';
    const span: Span = {text, ...(loose ? {tone: 'waiting' as const} : {})};
    if (focused) return [{text: '‹ ', tone: 'accent'}, span, {text: ' ›', tone: 'accent'}];
    return [value === unchosen[field] ? quiet(text) : span];
  }
  return fieldSpans(form.fields[field], focused, width, placeholders[field] ?? '');
}

/** What is said below the fields: a failure, else what is wrong here, else what is wrong anywhere, else what this field is. */
function adviceOf(form: FormState, width: number): readonly Line[] {
  if (form.failure) {
    const text = wrapWords(form.failure.text, width).map((line): Line => [{text: line, tone: 'bad'}]);
    return [...text, ...wrapWords(form.failure.hint, width).map((line): Line => [{text: line, tone: 'quiet'}])];
  }
  const told = (field: FormField) => (form.touched.has(field) ? form.problems[field] : undefined);
  const here = told(form.focus);
  const bad = here ?? formFields.map(told).find(message => message !== undefined);
  if (bad !== undefined) return wrapWords(bad, width).map((line): Line => [{text: line, tone: 'bad'}]);
  const {workspace} = form.chosen;
  if (form.focus !== 'workspace') return [[quiet(shorten(about[form.focus], width))]];
  return [[{text: shorten(workspaces[workspace], width), tone: workspace === 'bind' ? 'waiting' : 'quiet'}]];
}

/** The form in `height` lines: where they are few, the fields around the one that has the keys. */
export function formLines(form: FormState, width: number, height: number): readonly Line[] {
  const rows = formFields.map((field): Line => {
    const focused = field === form.focus;
    const bad = form.touched.has(field) && form.problems[field] !== undefined;
    return [
      {text: bad ? '✗ ' : focused ? '› ' : '  ', tone: bad ? 'bad' : 'accent'},
      {text: padded(field, labelWidth - 2), ...(focused ? {bold: true} : {tone: 'quiet' as const})},
      ...valueSpans(form, field, focused, width - labelWidth),
    ];
  });
  const advice = adviceOf(form, width);
  const title: readonly Line[] =
    height >= rows.length + advice.length + 3 ? [[{text: 'New session', bold: true}], []] : [];
  const room = Math.max(1, height - title.length - advice.length - 1);
  const at = formFields.indexOf(form.focus);
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), rows.length - room));
  return [...title, ...rows.slice(first, first + room), [], ...advice].slice(0, height);
}
