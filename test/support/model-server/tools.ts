import type {Turn} from './script.ts';

/** A call of one of the agent's own tools. `input` is for tools that take plain text instead of JSON. */
export interface Call {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly input?: string;
}

type Of<D extends Turn['do']> = Extract<Turn, {do: D}>;

const patch = ({file, content}: Of<'write'>) =>
  `*** Begin Patch\n*** Add File: ${file}\n${content.replace(/^/gm, '+')}\n*** End Patch\n`;
const choices = ({options}: Of<'ask'>) => options.map(label => ({label, description: label}));
const question = (turn: Of<'ask'>) => ({question: turn.question, header: 'Choice', options: choices(turn)});

/** By the names that agents give their tools. */
const shells: Readonly<Record<string, (turn: Of<'shell'>) => Call['args']>> = {
  Bash: ({command}) => ({command, description: 'run a command'}),
  bash: ({command}) => ({command, description: 'run a command'}),
  run_shell_command: ({command}) => ({command, description: 'run a command', is_background: false}),
  // Outside of its own sandbox, which it has to ask for.
  exec_command: ({command}) => ({
    cmd: command,
    sandbox_permissions: 'require_escalated',
    justification: 'It needs more access.',
  }),
  shell_command: ({command}) => ({command}),
  shell: ({command}) => ({command: ['sh', '-c', command]}),
};
const writers: Readonly<Record<string, (turn: Of<'write'>) => Omit<Call, 'name'>>> = {
  Write: ({file, content}) => ({args: {file_path: `/workspace/${file}`, content}}),
  write: ({file, content}) => ({args: {filePath: `/workspace/${file}`, content}}),
  write_file: ({file, content}) => ({args: {file_path: `/workspace/${file}`, content}}),
  exec_command: turn => ({args: {cmd: `apply_patch <<'END'\n${patch(turn)}END`}}),
  apply_patch: turn => ({args: {input: patch(turn)}, input: patch(turn)}),
};
const askers: Readonly<Record<string, (turn: Of<'ask'>) => Call['args']>> = {
  AskUserQuestion: turn => ({questions: [{...question(turn), multiSelect: false}]}),
  ask_user_question: turn => ({questions: [{...question(turn), multiSelect: false}]}),
  ask_user: turn => ({questions: [{...question(turn), type: 'choice'}]}),
  question: turn => ({questions: [question(turn)]}),
  request_user_input: turn => ({questions: [{id: 'choice', ...question(turn)}]}),
};

const offered = <T>(tools: readonly string[], table: Readonly<Record<string, T>>): readonly (readonly [string, T])[] =>
  tools.filter(tool => Object.hasOwn(table, tool)).map(tool => [tool, table[tool]!]);

/** The agent's own tool for what a turn wants; undefined when it has offered none. */
export function callFor(turn: Turn, tools: readonly string[]): Call | undefined {
  const calls: Readonly<Record<Turn['do'], () => readonly Call[]>> = {
    say: () => [],
    fail: () => [],
    shell: () => offered(tools, shells).map(([name, args]) => ({name, args: args(turn as Of<'shell'>)})),
    write: () => offered(tools, writers).map(([name, call]) => ({name, ...call(turn as Of<'write'>)})),
    ask: () => offered(tools, askers).map(([name, args]) => ({name, args: args(turn as Of<'ask'>)})),
  };
  return calls[turn.do]()[0];
}
