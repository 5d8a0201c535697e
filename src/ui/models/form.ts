import {
  type AgentInfo,
  type CreateRequest,
  type Loosening,
  loosenings,
  type Mode,
  type Network,
  type Profile,
  type ProjectView,
  profiles,
  type Size,
  type WorkspaceMode,
} from '../../sessions/port.ts';
import {type LimitField, limitsOf} from './limits-text.ts';
import {edit, emptyField, fieldOf, insert, insertLines, suggestion, type TextField} from './text-field.ts';
import {wordsOf} from './words.ts';

export const formFields = [
  'name',
  'directory',
  'workspace',
  'agent',
  'mode',
  'prompt',
  'command',
  'image',
  'memory',
  'cpus',
  'pids',
  'network',
  'sandbox',
] as const;
export type FormField = (typeof formFields)[number];
export type ChoiceField = 'workspace' | 'agent' | 'mode' | 'network' | 'sandbox';

export interface FormState {
  readonly fields: Readonly<Record<Exclude<FormField, ChoiceField>, TextField>>;
  readonly chosen: {
    readonly workspace: WorkspaceMode | 'auto';
    readonly agent: string;
    readonly mode: Mode | 'default';
    readonly network: Network | 'default';
    readonly sandbox: Profile | Loosening | 'default';
  };
  /** The directory is large, and is to be copied all the same. */
  readonly big: boolean;
  readonly agents: readonly AgentInfo[];
  /** Names of the variables that are set where the session is asked for. */
  readonly present: ReadonlySet<string>;
  readonly focus: FormField;
  readonly problems: Partial<Record<FormField, string>>;
  /** The project file of the directory; null while none is known. */
  readonly project: ProjectView | null;
  /** What came of the last try to create it. */
  readonly failure: {readonly text: string; readonly hint: string} | undefined;
  /** Fields that were written in or left, or all after a try: only these complain. */
  readonly touched: ReadonlySet<FormField>;
}

const networkChoices = ['default', 'none', 'allowlist', 'open'] as const;
/** A strict one with one thing loosened is chosen by the name of that; more of them at once are for the command line. */
const sandboxChoices = ['default', ...profiles, ...loosenings] as const;
const workspaceChoices = ['auto', 'clone', 'copy', 'bind'] as const;

export const newForm = (
  directory: string,
  agents: readonly AgentInfo[],
  present: ReadonlySet<string> = new Set(),
): FormState => ({
  fields: {
    name: emptyField,
    directory: fieldOf(directory),
    prompt: emptyField,
    command: emptyField,
    image: emptyField,
    memory: emptyField,
    cpus: emptyField,
    pids: emptyField,
  },
  chosen: {
    workspace: 'auto',
    agent: agents[0]?.name ?? 'shell',
    mode: 'default',
    network: 'default',
    sandbox: 'default',
  },
  big: false,
  agents,
  present,
  focus: 'name',
  problems: {},
  project: null,
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

export const agentOf = ({chosen, agents}: FormState): AgentInfo | undefined =>
  agents.find(({name}) => name === chosen.agent);

const modesOf = (form: FormState) => ['default', ...(agentOf(form)?.modes ?? [])] as const;

/** Its agent leaves nothing to choose there. */
export const isIdle = (form: FormState, field: FormField): boolean => field === 'mode' && modesOf(form).length === 1;

const withAgent = (form: FormState, agent: string): Partial<Chosen> => {
  const {mode} = form.chosen;
  return {agent, mode: modesOf({...form, chosen: {...form.chosen, agent}}).includes(mode) ? mode : 'default'};
};

const turns: Record<ChoiceField, (form: FormState, by: number) => Partial<Chosen>> = {
  workspace: ({chosen}, by) => ({workspace: cycle(workspaceChoices, chosen.workspace, by)}),
  agent: (form, by) => {
    const names = form.agents.map(({name}) => name);
    return withAgent(form, cycle(names.length > 0 ? names : ['shell'], form.chosen.agent, by));
  },
  mode: (form, by) => ({mode: cycle(modesOf(form), form.chosen.mode, by)}),
  network: ({chosen}, by) => ({network: cycle(networkChoices, chosen.network, by)}),
  sandbox: ({chosen}, by) => ({sandbox: cycle(sandboxChoices, chosen.sandbox, by)}),
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

/** A prompt may have lines. */
const writing = (field: FormField) => (field === 'prompt' ? insertLines : insert);

/** After one key that is not the form's own. */
export function typeInForm(form: FormState, press: {readonly key: string; readonly text: string}): FormState {
  const {focus} = form;
  if (isChoice(focus)) {
    const by = steps[press.key];
    return by === undefined ? form : cycled(form, focus, by);
  }
  const before = form.fields[focus];
  const after = edit(before, press, writing(focus));
  if (after === before) return form;
  const moved = {...form, fields: {...form.fields, [focus]: after}};
  return after.text === before.text && after.suggested === before.suggested ? moved : changed(moved, focus);
}

export function pasteInForm(form: FormState, text: string): FormState {
  const {focus} = form;
  if (isChoice(focus)) return form;
  return changed({...form, fields: {...form.fields, [focus]: writing(focus)(form.fields[focus], text.trim())}}, focus);
}

export const moveInForm = (form: FormState, by: 1 | -1): FormState => {
  const fields = formFields.filter(field => !isIdle(form, field));
  const focus = cycle(fields, form.focus, by);
  return {...form, focus, touched: new Set([...form.touched, form.focus])};
};

const sandboxFor = (chosen: Chosen['sandbox']): Pick<CreateRequest, 'profile' | 'loosen'> => {
  const profile = profiles.find(one => one === chosen);
  if (profile) return {profile};
  const loosen = loosenings.filter(one => one === chosen);
  return loosen.length === 0 ? {} : {profile: 'strict', loosen};
};

/** What the form asks for, and what cannot even be asked. */
export function requestOf(
  form: FormState,
  size: Size,
): {readonly request: CreateRequest; readonly problems: FormState['problems']} {
  const text = (field: keyof FormState['fields']) => form.fields[field].text.trim();
  const {limits, problems} = limitsOf({memory: text('memory'), cpus: text('cpus'), pids: text('pids')});
  const args = wordsOf(text('command'));
  const {network, workspace, mode} = form.chosen;
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
      ...(mode === 'default' ? {} : {mode}),
      ...(text('prompt') === '' ? {} : {prompt: text('prompt')}),
      ...(network === 'default' ? {} : {network}),
      ...sandboxFor(form.chosen.sandbox),
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
  mode: 'mode',
  prompt: 'prompt',
  args: 'command',
  image: 'image',
  network: 'network',
  profile: 'sandbox',
  loosen: 'sandbox',
  allow: 'network',
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
