import type {Message} from '../script.ts';
import {type Answer, freshId, list, named, textOf, type Wire} from './wire.ts';

const usage = {
  ...{input_tokens: 10, output_tokens: 5, total_tokens: 15},
  ...{input_tokens_details: {cached_tokens: 0}, output_tokens_details: {reasoning_tokens: 0}},
};

const calls = new Set(['function_call', 'custom_tool_call', 'local_shell_call']);
const from = ({type, role}: Record<string, unknown>): Message['from'] =>
  calls.has(String(type)) || role === 'assistant' ? 'model' : role === 'user' ? 'user' : 'other';

function item(answer: Answer): Record<string, unknown> {
  if ('text' in answer) {
    const content = [{type: 'output_text', text: answer.text, annotations: []}];
    return {type: 'message', id: freshId('msg'), status: 'completed', role: 'assistant', content};
  }
  const {name, args, input} = answer.call;
  const ids = {id: freshId('fc'), call_id: freshId('call'), status: 'completed', name};
  return input === undefined
    ? {type: 'function_call', ...ids, arguments: JSON.stringify(args)}
    : {type: 'custom_tool_call', ...ids, input};
}

const response = (id: string, status: string, output: readonly object[]) => ({
  ...{id, object: 'response', created_at: 1, model: 'model-1', status, output},
  ...(status === 'completed' ? {usage} : {}),
});

/** OpenAI's responses, as Codex speaks them. */
export const responses: Wire = {
  name: 'responses',
  path: /^\/v1\/responses(\?|$)/,
  read: body => ({
    messages:
      typeof body.input === 'string'
        ? [{from: 'user', text: body.input}]
        : list(body.input).map(one => ({from: from(one), text: textOf(one.content)})),
    tools: list(body.tools).map(tool => String(tool.name)),
    stream: body.stream === true,
  }),
  events(answer, pieces) {
    const id = freshId('resp');
    const done = item(answer);
    const begun = 'text' in answer ? {...done, status: 'in_progress', content: []} : done;
    const at = {item_id: done.id, output_index: 0};
    const part = {type: 'output_text', text: 'text' in answer ? answer.text : '', annotations: []};
    const opened = named('response.content_part.added', {...at, content_index: 0, part: {...part, text: ''}});
    const closed = named('response.content_part.done', {...at, content_index: 0, part});
    const parts = 'text' in answer;
    return {
      head: [
        named('response.created', {response: response(id, 'in_progress', [])}),
        named('response.output_item.added', {output_index: 0, item: begun}),
        ...(parts ? [opened] : []),
      ],
      text: pieces.map(delta => named('response.output_text.delta', {...at, content_index: 0, delta})),
      tail: [
        ...(parts ? [closed] : []),
        named('response.output_item.done', {output_index: 0, item: done}),
        named('response.completed', {response: response(id, 'completed', [done])}),
      ],
    };
  },
  whole: answer => response(freshId('resp'), 'completed', [item(answer)]),
  error: (status, message) => ({error: {message, type: 'error', code: String(status)}}),
};
