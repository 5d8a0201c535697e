import {loosenings, looseningWords, modeWords} from '../../sessions/port.ts';
import {broughtNames} from './brought.ts';
import {agentOf, type ChoiceField, type FormField, type FormState, formFields, isChoice, isIdle} from './form.ts';
import {type Line, quiet, type Span} from './line.ts';
import {charactersOf, clean, padded, shorten, shortenStart, widthOf, wrapWords} from './text.ts';
import type {TextField} from './text-field.ts';

const labelWidth = 13;

/** One line about the field that has the keys. */
const about: Record<FormField, string> = {
  name: 'Lower-case letters, digits and dashes. Type to replace the suggestion.',
  directory: 'What the agent works on.',
  workspace: '',
  agent: '',
  mode: 'How much it does without asking; ← → choose.',
  prompt: 'What it begins with; paste as many lines as you like.',
  command: 'For the shell: the command to run instead. For others: further arguments.',
  image: 'An image of the engine, or host: the tools of this machine.',
  memory: 'Like 2g or 512m.',
  cpus: 'Like 2 or 0.5.',
  pids: 'The most processes at once, like 512.',
  sandbox: 'How hard it is held: strict, relaxed, or strict with one thing loosened; ← → choose.',
  network: '',
};

const workspaces: Record<FormState['chosen']['workspace'], string> = {
  auto: 'A clone of a git repository, a copy of anything else; ← → choose.',
  clone: 'A git clone of its own; its changes come back when you apply them.',
  copy: 'A copy of its own; its changes come back when you apply them.',
  bind: 'The directory itself: changes are immediate; one session at a time.',
};

const networks: Record<FormState['chosen']['network'], string> = {
  default: 'As configured: by default what its agent needs, and nothing for one that needs no model; ← → choose.',
  none: 'Nothing can be reached.',
  allowlist: 'What its agent needs; what else it asks for, you decide in its network tab.',
  open: 'Everything can be reached.',
};

/** A choice that leaves it to the configuration, or to Trails. */
const unchosen: Readonly<Record<ChoiceField, string | undefined>> = {
  workspace: 'auto',
  agent: undefined,
  mode: 'default',
  network: 'default',
  sandbox: 'default',
};
const choiceTexts: Readonly<Record<string, string>> = {default: 'as configured'};
/** Choices that take something of the safety away. */
const loose: ReadonlySet<string> = new Set(['bind', 'open', 'all', 'relaxed', ...loosenings]);

const placeholders: Partial<Record<FormField, string>> = {
  prompt: 'none: it waits for you',
  command: 'as the agent comes',
  image: 'as configured',
  memory: 'as configured',
  cpus: 'as configured',
  pids: 'as configured',
};

/** Fields that stand apart from those above them, where there is room. */
const groupHeads: ReadonlySet<FormField> = new Set(['agent', 'command']);

/** A line break within a field. */
const oneLine = (field: TextField): TextField =>
  field.text.includes('\n') ? {...field, text: field.text.replaceAll('\n', '↵')} : field;

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

/** What a choice means, beside it. */
function remarkOn(form: FormState, field: ChoiceField): Span | undefined {
  const {mode} = form.chosen;
  if (field === 'mode' && mode !== 'default')
    return {text: modeWords[mode], tone: mode === 'all' ? 'waiting' : 'quiet'};
  const loosened = field === 'sandbox' && loosenings.find(one => one === form.chosen.sandbox);
  if (loosened) return {text: looseningWords[loosened], tone: 'waiting'};
  if (field !== 'agent') return undefined;
  const agent = agentOf(form);
  if (!agent) return undefined;
  return agent.image === '' ? {text: 'not here yet', tone: 'waiting'} : quiet(agent.title);
}

function choiceSpans(form: FormState, field: ChoiceField, focused: boolean, width: number): Line {
  if (isIdle(form, field)) return [quiet('this agent leaves no choice')];
  const value = form.chosen[field];
  const text = choiceTexts[value] ?? value;
  const span: Span = {text, ...(loose.has(value) ? {tone: 'waiting' as const} : {})};
  const choice: Line = focused
    ? [{text: '‹ ', tone: 'accent'}, span, {text: ' ›', tone: 'accent'}]
    : [value === unchosen[field] ? quiet(text) : span];
  const remark = remarkOn(form, field);
  const room = width - widthOf(text) - (focused ? 4 : 0) - 2;
  if (!remark || room < 12) return choice;
  return [...choice, {text: '  '}, {...remark, text: shorten(remark.text, room)}];
}

function valueSpans(form: FormState, field: FormField, focused: boolean, width: number): Line {
  if (isChoice(field)) return choiceSpans(form, field, focused, width);
  return fieldSpans(oneLine(form.fields[field]), focused, width, placeholders[field] ?? '');
}

/** Whether the agent is there, and which of the asker's variables go with it: names, never values. */
function aboutAgent(form: FormState): Span {
  const agent = agentOf(form);
  if (!agent) return quiet('What runs inside; ← → choose.');
  if (agent.image === '') {
    const build = agent.builds ? `trails images build ${agent.name}, or ` : '';
    return {text: `${agent.title} is not here yet: ${build}${agent.install}`, tone: 'waiting'};
  }
  const brought = broughtNames(agent, form.present);
  if (brought.length > 0) return quiet(`Brings ${brought.join(', ')}.`);
  return quiet('What runs inside; ← → choose. None of your variables goes with it.');
}

const aboutField = (form: FormState): Span => {
  const {focus, chosen} = form;
  if (focus === 'agent') return aboutAgent(form);
  if (focus === 'workspace')
    return {text: workspaces[chosen.workspace], tone: chosen.workspace === 'bind' ? 'waiting' : 'quiet'};
  if (focus === 'network')
    return {text: networks[chosen.network], tone: chosen.network === 'open' ? 'waiting' : 'quiet'};
  if (focus === 'mode' && chosen.mode === 'all')
    return {text: 'It asks for nothing; the sandbox is the limit.', tone: 'waiting'};
  return quiet(about[focus]);
};

/** What is said below the fields: a failure, else what is wrong here, else what is wrong anywhere, else what this field is. */
function adviceOf(form: FormState, width: number, most: number): readonly Line[] {
  const wrapped = (text: string, tone: Span['tone']) =>
    wrapWords(text, width).map((line): Line => [{text: line, ...(tone ? {tone} : {})}]);
  if (form.failure) return [...wrapped(form.failure.text, 'bad'), ...wrapped(form.failure.hint, 'quiet')];
  const told = (field: FormField) => (form.touched.has(field) ? form.problems[field] : undefined);
  const bad = told(form.focus) ?? formFields.map(told).find(message => message !== undefined);
  if (bad !== undefined) return wrapped(bad, 'bad');
  const {text, tone} = aboutField(form);
  const lines = wrapWords(text, width);
  const shown = lines.slice(0, most);
  if (lines.length > most) shown.push(shorten(`${shown.pop()} …`, width));
  // Always as many lines: the form must not jump from field to field.
  return Array.from({length: most}, (_, index): Line => {
    const line = shown[index];
    return line === undefined ? [] : [{text: line, ...(tone ? {tone} : {})}];
  });
}

/** What of the directory's project file would be left out, and how that changes. */
function projectLines({project}: FormState, width: number): readonly Line[] {
  if (!project || project.refused.length === 0) return [];
  const left = project.refused.map(clean).join('; ');
  const text = `.trails.yaml is left out until you trust it (\`trails trust\`): ${left}`;
  return [[{text: shorten(text, width), tone: 'waiting'}]];
}

/** The form in `height` lines: where they are few, the fields around the one that has the keys. */
export function formLines(form: FormState, width: number, height: number): readonly Line[] {
  const row = (field: FormField): Line => {
    const focused = field === form.focus;
    const bad = form.touched.has(field) && form.problems[field] !== undefined;
    return [
      {text: bad ? '✗ ' : focused ? '› ' : '  ', tone: bad ? 'bad' : 'accent'},
      {text: padded(field, labelWidth - 2), ...(focused ? {bold: true} : {tone: 'quiet' as const})},
      ...valueSpans(form, field, focused, width - labelWidth),
    ];
  };
  const rows = formFields.map(row);
  const advice = [...adviceOf(form, width, height >= rows.length + 3 ? 2 : 1), ...projectLines(form, width)];
  const title: readonly Line[] =
    height >= rows.length + advice.length + 3 ? [[{text: 'New session', bold: true}], []] : [];
  const room = Math.max(1, height - title.length - advice.length - 1);
  const grouped = formFields.flatMap((field): readonly Line[] =>
    groupHeads.has(field) ? [[], row(field)] : [row(field)],
  );
  if (grouped.length <= room) return [...title, ...grouped, [], ...advice];
  const at = formFields.indexOf(form.focus);
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), rows.length - room));
  return [...title, ...rows.slice(first, first + room), [], ...advice].slice(0, height);
}
