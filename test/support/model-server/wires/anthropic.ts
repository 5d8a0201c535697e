import {type Answer, freshId, list, named, textOf, type Wire} from './wire.ts';

const usage = {input_tokens: 10, output_tokens: 5};

const block = (answer: Answer) =>
  'text' in answer
    ? {type: 'text', text: answer.text}
    : {type: 'tool_use', id: freshId('toolu'), name: answer.call.name, input: answer.call.args};
const reason = (answer: Answer) => ('text' in answer ? 'end_turn' : 'tool_use');
const message = (content: readonly object[], stop: string | null) => ({
  ...{id: freshId('msg'), type: 'message', role: 'assistant', model: 'model-1'},
  ...{content, stop_reason: stop, stop_sequence: null, usage},
});
const errorTypes: Readonly<Record<number, string>> = {401: 'authentication_error', 429: 'rate_limit_error'};
const delta = (what: object) => named('content_block_delta', {index: 0, delta: what});

/** Messages, as Claude Code speaks them. */
export const anthropic: Wire = {
  name: 'anthropic',
  path: /^\/v1\/messages(\?|$)/,
  read: body => ({
    messages: list(body.messages).map(({role, content}) => ({
      from: role === 'assistant' ? 'model' : 'user',
      text: textOf(content),
    })),
    tools: list(body.tools).map(tool => String(tool.name)),
    stream: body.stream === true,
  }),
  events(answer, pieces) {
    const whole = block(answer);
    const empty = 'text' in answer ? {...whole, text: ''} : {...whole, input: {}};
    const json =
      'call' in answer ? [delta({type: 'input_json_delta', partial_json: JSON.stringify(answer.call.args)})] : [];
    return {
      head: [
        named('message_start', {message: message([], null)}),
        named('content_block_start', {index: 0, content_block: empty}),
        ...json,
      ],
      text: pieces.map(text => delta({type: 'text_delta', text})),
      tail: [
        named('content_block_stop', {index: 0}),
        named('message_delta', {delta: {stop_reason: reason(answer), stop_sequence: null}, usage}),
        named('message_stop'),
      ],
    };
  },
  whole: answer => message([block(answer)], reason(answer)),
  error: (status, text) => ({type: 'error', error: {type: errorTypes[status] ?? 'api_error', message: text}}),
};
