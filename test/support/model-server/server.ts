import http from 'node:http';
import {sampleOf} from './sample.ts';
import {createPlayer, otherwise, type Scripts, type Turn, whatIsAsked} from './script.ts';
import {callFor} from './tools.ts';
import {anthropic} from './wires/anthropic.ts';
import {chat} from './wires/chat.ts';
import {gemini} from './wires/gemini.ts';
import {responses} from './wires/responses.ts';
import type {Answer, Wire} from './wires/wire.ts';

/** One request as a test sees it. */
export interface Seen {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** The header that carried the key. */
  readonly auth: string;
  readonly script: string;
  readonly prompt: string;
  /** Scripts that the conversation asked for before. */
  readonly before: readonly string[];
  readonly tools: readonly string[];
  /** What was answered: a status, or what the turn did. */
  readonly answer: string;
}

const wires: readonly Wire[] = [anthropic, chat, responses, gemini];
const models = {object: 'list', data: [{id: 'model-1', object: 'model', created: 1, owned_by: 'test'}]};
/** What agents ask besides: answered at once. */
const plain: readonly (readonly [RegExp, object])[] = [
  [/\/count_tokens(\?|$)/, {input_tokens: 10}],
  [/:countTokens(\?|$)/, {totalTokens: 10}],
  [/^\/v1\/models(\?|$)/, models],
];

/** Ends early with the connection. */
const pause = (ms: number, response: http.ServerResponse) =>
  new Promise<void>(resolve => {
    const end = () => {
      clearTimeout(timer);
      response.off('close', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    response.once('close', end);
  });

async function bodyOf(request: http.IncomingMessage): Promise<Record<string, unknown>> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  const text = Buffer.concat(pieces).toString();
  return text === '' ? {} : JSON.parse(text);
}

/** Side by side with its spaces, so that the pieces put together are the text. */
const words = (text: string): readonly string[] => text.match(/\s*\S+\s*$|\s*\S+/g) ?? [text];

const reply = (response: http.ServerResponse, status: number, body: object) => {
  response.writeHead(status, {'content-type': 'application/json'});
  response.end(JSON.stringify(body));
};

async function answerOver(wire: Wire, response: http.ServerResponse, answer: Answer, everyMs: number): Promise<void> {
  const {head, text, tail} = wire.events(answer, 'text' in answer ? words(answer.text) : []);
  response.writeHead(200, {'content-type': 'text/event-stream', 'cache-control': 'no-cache'});
  response.write(head.join(''));
  for (const piece of text) {
    if (everyMs > 0) await pause(everyMs, response);
    response.write(piece);
  }
  response.end(tail.join(''));
}

/** What a turn answers with: an agent that has offered no such tool is told so. */
function answerOf(turn: Exclude<Turn, {do: 'fail'}>, tools: readonly string[]): Answer {
  if (turn.do === 'say') return {text: turn.text};
  const call = callFor(turn, tools);
  return call ? {call} : {text: `No tool for ${turn.do} among ${tools.join(', ')}`};
}

const keyOf = ({headers}: http.IncomingMessage): string =>
  String(headers.authorization ?? headers['x-api-key'] ?? headers['x-goog-api-key'] ?? '');

/** A model that does what its scripts say, in every protocol that agents speak with models. */
export function createModelServer(scripts: Scripts, onSeen: (seen: Seen) => void): http.Server {
  const play = createPlayer(scripts);
  return http.createServer((request, response) => {
    const path = request.url ?? '';
    const see = (answer: string, more: Partial<Seen> = {}) => {
      const base = {at: Date.now(), method: request.method ?? '', path, auth: keyOf(request)};
      onSeen({...base, script: '', prompt: '', before: [], tools: [], ...more, answer});
    };
    const serve = async () => {
      const body = await bodyOf(request);
      const found = plain.find(([pattern]) => pattern.test(path));
      const wire = wires.find(one => one.path.test(path));
      if (found || !wire) {
        see(found ? '200' : '404');
        return reply(response, found ? 200 : 404, found?.[1] ?? {error: {message: 'not here', code: 404}});
      }
      const {messages, tools, stream, schema} = wire.read(body, path);
      // Titles and summaries come without tools: no script is theirs.
      const asked = tools.length > 0 ? whatIsAsked(messages, scripts) : undefined;
      const turn = asked ? play(asked) : schema ? {...otherwise, text: JSON.stringify(sampleOf(schema))} : otherwise;
      see(turn.do === 'fail' ? String(turn.status) : turn.do, {...asked, tools});
      if (turn.afterMs) await pause(turn.afterMs, response);
      if (response.destroyed) return;
      if (turn.do === 'fail') return reply(response, turn.status, wire.error(turn.status, `scripted ${turn.status}`));
      const answer = answerOf(turn, tools);
      if (!stream) return reply(response, 200, wire.whole(answer));
      await answerOver(wire, response, answer, turn.do === 'say' ? (turn.everyMs ?? 0) : 0);
    };
    serve().catch(error => {
      see(`broke: ${error}`);
      response.destroy();
    });
  });
}
