import {AppError} from '../errors.ts';
import type {PromptView, SessionsPort, SessionView, Status} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import {type Context, withPort} from './context.ts';
import type {Group} from './group.ts';
import {duration} from './numbers.ts';
import {promptGiven} from './prompt-given.ts';
import {resolveAll} from './resolve-all.ts';
import {promptJson} from './session-json.ts';
import {table} from './table.ts';

/** So long the command stays to tell what became of a prompt that is typed at once. */
const shortWaitMs = 2000;
const failedCode = 75;
/** An agent that rests takes a prompt now. */
const resting: readonly Status[] = ['ready', 'error', 'unknown'];

interface Sent {
  readonly session: string;
  readonly prompt: PromptView;
}

const sentJson = ({session, prompt: {id, state, detail}}: Sent) => ({id, session, state, detail});
const listedJson = ({session, prompt}: Sent) => ({session, ...promptJson(prompt)});

const outcomeOf = ({session, prompt: {id, state, detail}}: Sent): string => {
  const why = detail === '' ? '' : `: ${detail}`;
  const back = state === 'queued' ? ` (take it back: trails send ${session} --take-back ${id})` : '';
  return cleanLine(`${session}: ${state}${why}${back}`);
};

/** The prompt as it is when it has ended, or when the time is over. */
async function outcome(
  port: SessionsPort,
  {id: session}: SessionView,
  prompt: PromptView,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<PromptView> {
  try {
    return await port.awaitPrompt(session, prompt.id, {timeoutMs}, signal);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'TIMEOUT') throw error;
    return (await port.prompts(session)).find(({id}) => id === prompt.id) ?? prompt;
  }
}

interface SendOptions {
  readonly wait?: boolean;
  readonly timeout?: number;
}

async function sendTo(
  port: SessionsPort,
  session: SessionView,
  text: string,
  {wait = false, timeout}: SendOptions,
  signal: AbortSignal,
): Promise<Sent> {
  const prompt = await port.send(session.id, text);
  const told = (now: PromptView): Sent => ({session: session.name, prompt: now});
  if (wait) {
    const options = timeout === undefined ? {} : {timeoutMs: timeout};
    return told(await port.awaitPrompt(session.id, prompt.id, options, signal));
  }
  const soon = prompt.state === 'sending' || (session.phase === 'running' && resting.includes(session.status.status));
  return told(soon ? await outcome(port, session, prompt, shortWaitMs, signal) : prompt);
}

/** Every one gets it, also when another one refuses; what was refused first is thrown behind that. */
async function broadcast(
  context: Context,
  port: SessionsPort,
  sessions: readonly SessionView[],
  text: string,
  options: SendOptions,
  signal: AbortSignal,
): Promise<readonly Sent[]> {
  const all = await Promise.allSettled(sessions.map(session => sendTo(port, session, text, options, signal)));
  const sent = all.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []));
  const refused = all.find(one => one.status === 'rejected');
  if (refused) {
    for (const one of sent) context.print.note(outcomeOf(one));
    throw refused.reason;
  }
  return sent;
}

async function list({print}: Context, found: readonly Sent[], json: boolean): Promise<void> {
  if (json) return print.json(found.map(listedJson));
  if (found.length === 0) return print.note('No prompts.');
  const rows = found.map(({session, prompt: {id, state, text, detail}}) =>
    [id, session, state, text, detail].map(cleanLine),
  );
  for (const line of table([['ID', 'SESSION', 'STATE', 'PROMPT', 'DETAIL'], ...rows])) await print.line(line);
}

export const addSend: Group = (program, context) => {
  const {print} = context;
  program
    .command('send')
    .description('give agents a prompt; each gets it when it can take one')
    .argument('<names>', 'names, ids, or the beginnings of them, with commas between')
    .argument('[text]', 'the prompt; - reads it from stdin')
    .option('--wait', 'until it is delivered or has failed')
    .option('--timeout <time>', 'with --wait: give up after so long, with code 124: 60s, 5m', duration('--timeout'))
    .option('--list', 'list those that wait and the last ones that do not')
    .option('--take-back <id>', 'take one back that waits')
    .option('--json', 'print what became of it as JSON')
    .action(async (names, given, {list: listed = false, takeBack, json = false, ...options}) => {
      const refs = names.split(',').map(name => name.trim());
      const other = listed || takeBack !== undefined;
      if (other === (given !== undefined)) {
        throw new AppError('USAGE', other ? 'A list or a take-back has no text' : 'There is no text to send', {
          hint: 'Like `trails send api "run the tests"`, or `trails send api -` with the text on stdin.',
        });
      }
      const text = given === undefined ? undefined : await promptGiven(context, given);
      await withPort(context, async (port, signal) => {
        const sessions = await resolveAll(port, refs);
        if (text !== undefined) {
          const sent = await broadcast(context, port, sessions, text, options, signal);
          if (json) await print.json(refs.length === 1 && sent[0] ? sentJson(sent[0]) : sent.map(sentJson));
          else for (const one of sent) await print.line(outcomeOf(one));
          if (sent.some(({prompt}) => prompt.state === 'failed')) context.exitCode = failedCode;
          return;
        }
        if (takeBack !== undefined) {
          if (sessions.length > 1) throw new AppError('USAGE', 'A prompt is taken back from one session');
          for (const {id} of sessions) await port.takeBackPrompt(id, takeBack);
          if (json) await print.json({id: takeBack, session: sessions[0]?.name, state: 'taken back', detail: ''});
          else print.note(`${cleanLine(takeBack).slice(0, 40)} is taken back`);
          return;
        }
        const found = await Promise.all(
          sessions.map(async ({id, name}) => (await port.prompts(id)).map((prompt): Sent => ({session: name, prompt}))),
        );
        await list(context, found.flat(), json);
      });
    });
};
