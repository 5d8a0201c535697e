import type {AgentInfo, CreateRequest, Network, Size, WorkspaceMode} from '../../sessions/port.ts';
import {type LimitField, limitsOf} from './limits-text.ts';
import {edit, emptyField, fieldOf, insert, suggestion, type TextField} from './text-field.ts';
import {wordsOf} from './words.ts';

export const formFields = [
  'name',
  'directory',
  'workspace',
  'agent',
  'command',
  'image',
  'memory',
  'cpus',
  'pids',
  'network',
] as const;
export type FormField = (typeof formFields)[number];
export type ChoiceField = 'workspace' | 'agent' | 'network';

export interface FormState {
  readonly fields: Readonly<Record<Exclude<FormField, ChoiceField>, TextField>>;
  readonly chosen: {
    readonly workspace: WorkspaceMode | 'auto';
    readonly agent: string;
    readonly network: Network | 'default';
  };
  /** The directory is large, and is to be copied all the same. */
  readonly big: boolean;
  readonly agents: readonly AgentInfo[];
  readonly focus: FormField;
  readonly problems: Partial<Record<FormField, string>>;
  /** What came of the last try to create it. */
  readonly failure: {readonly text: string; readonly hint: string} | undefined;
  /** Fields that were written in or left, or all after a try: only these complain. */
  readonly touched: ReadonlySet<FormField>;
}

const networkChoices = ['default', 'none', 'open'] as const;
const workspaceChoices = ['auto', 'clone', 'copy', 'bind'] as const;

export const newForm = (directory: string, agents: readonly AgentInfo[]): FormState => ({
  fields: {
    name: emptyField,
    directory: fieldOf(directory),
    command: emptyField,
    image: emptyField,
    memory: emptyField,
    cpus: emptyField,
    pids: emptyField,
  },
  chosen: {workspace: 'auto', agent: agents[0]?.name ?? 'shell', network: 'default'},
  big: false,
  agents,
  focus: 'name',
  problems: {},
  failure: undefined,
  touched: new Set(),
});

/** The suggested name comes late: what the user wrote meanwhile stays. */
export const withSuggestedName = (form: FormState, name: string): FormState =>
  form.fields.name.text === '' && !form.touched.has('name')
    ? {...form, fields: {...form.fields, name: suggestion(name)}}
    : form;

const cycle = <T>(choices: readonly T[], current: T, by: number): T =>
  choices[(choices.indexOf(current) + by + choices.length) % choices.length] ?? current;

type Chosen = FormState['chosen'];

const turns: Record<ChoiceField, (form: FormState, by: number) => Partial<Chosen>> = {
  workspace: ({chosen}, by) => ({workspace: cycle(workspaceChoices, chosen.workspace, by)}),
  agent: ({chosen, agents}, by) => ({
    agent: cycle(agents.length > 0 ? agents.map(({name}) => name) : ['shell'], chosen.agent, by),
  }),
  network: ({chosen}, by) => ({network: cycle(networkChoices, chosen.network, by)}),
};

export const isChoice = (field: FormField): field is ChoiceField => field in turns;

const changed = (form: FormState, field: FormField): FormState => ({
  ...form,
  failure: undefined,
  big: false,
  touched: new Set([...form.touched, field]),
});

const cycled = (form: FormState, field: ChoiceField, by: number): FormState => ({
  ...changed(form, field),
  chosen: {...form.chosen, ...turns[field](form, by)},
});

const steps: Readonly<Record<string, number>> = {left: -1, right: 1, space: 1};

/** After one key that is not the form's own. */
export function typeInForm(form: FormState, press: {readonly key: string; readonly text: string}): FormState {
  const {focus} = form;
  if (isChoice(focus)) {
    const by = steps[press.key];
    return by === undefined ? form : cycled(form, focus, by);
  }
  const before = form.fields[focus];
  const after = edit(before, press);
  if (after === before) return form;
  const moved = {...form, fields: {...form.fields, [focus]: after}};
  return after.text === before.text && after.suggested === before.suggested ? moved : changed(moved, focus);
}

export function pasteInForm(form: FormState, text: string): FormState {
  const {focus} = form;
  if (isChoice(focus)) return form;
  return changed({...form, fields: {...form.fields, [focus]: insert(form.fields[focus], text.trim())}}, focus);
}

export const moveInForm = (form: FormState, by: 1 | -1): FormState => {
  const at = formFields.indexOf(form.focus);
  const focus = formFields[(at + by + formFields.length) % formFields.length] ?? 'name';
  return {...form, focus, touched: new Set([...form.touched, form.focus])};
};

/** What the form asks for, and what cannot even be asked. */
export function requestOf(
  form: FormState,
  size: Size,
): {readonly request: CreateRequest; readonly problems: FormState['problems']} {
  const text = (field: keyof FormState['fields']) => form.fields[field].text.trim();
  const {limits, problems} = limitsOf({memory: text('memory'), cpus: text('cpus'), pids: text('pids')});
  const args = wordsOf(text('command'));
  const {network, workspace} = form.chosen;
  return {
    request: {
      name: text('name'),
      agent: form.chosen.agent,
      args: args ?? [],
      repo: text('directory'),
      env: {},
      limits,
      size,
      ...(text('image') === '' ? {} : {image: text('image')}),
      ...(network === 'default' ? {} : {network}),
      ...(workspace === 'auto' ? {} : {workspace}),
      ...(form.big ? {big: true} : {}),
    },
    problems: {...problems, ...(args ? {} : {command: 'A quote is left open'})},
  };
}

const fieldOfRequest: Partial<Record<keyof CreateRequest, FormField>> = {
  name: 'name',
  repo: 'directory',
  workspace: 'workspace',
  agent: 'agent',
  args: 'command',
  image: 'image',
  network: 'network',
  provider: 'image',
};

/** Which of the three limits a message about them all belongs to. */
const limitOf = (form: FormState, message: string): LimitField => {
  const written = (['memory', 'cpus', 'pids'] as const).filter(field => form.fields[field].text.trim() !== '');
  const named = /memory/i.test(message) ? 'memory' : /cpu|core/i.test(message) ? 'cpus' : 'pids';
  return written.length === 1 && written[0] ? written[0] : named;
};

/** The port's findings, each at its field; what the form found itself comes first. */
export function withProblems(
  form: FormState,
  found: Partial<Record<keyof CreateRequest, string>>,
  own: FormState['problems'],
): FormState {
  const problems: Partial<Record<FormField, string>> = {};
  for (const [key, message] of Object.entries(found)) {
    const field = key === 'limits' ? limitOf(form, message) : fieldOfRequest[key as keyof CreateRequest];
    if (field) problems[field] = message;
  }
  return {...form, problems: {...problems, ...own}};
}

/** Shows every problem and goes to the first. */
export const refused = (form: FormState): FormState => ({
  ...form,
  touched: new Set(formFields),
  focus: formFields.find(field => form.problems[field] !== undefined) ?? form.focus,
});
