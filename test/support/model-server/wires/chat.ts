import {type Answer, event, freshId, list, textOf, type Wire} from './wire.ts';

const usage = {prompt_tokens: 10, completion_tokens: 5, total_tokens: 15};
const reason = (answer: Answer) => ('text' in answer ? 'stop' : 'tool_calls');
const calls = (answer: Answer) =>
  'text' in answer
    ? []
    : [
        {
          ...{index: 0, id: freshId('call'), type: 'function'},
          function: {name: answer.call.name, arguments: JSON.stringify(answer.call.args)},
        },
      ];

const chunk = (id: string, delta: object, finish: string | null = null) =>
  event({
    ...{id, object: 'chat.completion.chunk', created: 1, model: 'model-1'},
    choices: [{index: 0, delta, finish_reason: finish}],
    ...(finish === null ? {} : {usage}),
  });

/** Chat completions, as opencode and Qwen Code speak them. */
export const chat: Wire = {
  name: 'chat',
  path: /^\/v1\/chat\/completions(\?|$)/,
  read: body => ({
    messages: list(body.messages).map(({role, content}) => ({
      from: role === 'assistant' ? 'model' : role === 'user' ? 'user' : 'other',
      text: textOf(content),
    })),
    tools: list(body.tools).map(tool => String((tool.function as {readonly name?: unknown} | undefined)?.name)),
    stream: body.stream === true,
  }),
  events(answer, pieces) {
    const id = freshId('chatcmpl');
    const called = 'call' in answer ? [chunk(id, {tool_calls: calls(answer)})] : [];
    return {
      head: [chunk(id, {role: 'assistant', content: ''}), ...called],
      text: pieces.map(content => chunk(id, {content})),
      tail: [chunk(id, {}, reason(answer)), 'data: [DONE]\n\n'],
    };
  },
  whole: answer => ({
    ...{id: freshId('chatcmpl'), object: 'chat.completion', created: 1, model: 'model-1', usage},
    choices: [
      {
        ...{index: 0, finish_reason: reason(answer)},
        message: {
          role: 'assistant',
          content: 'text' in answer ? answer.text : null,
          ...('call' in answer ? {tool_calls: calls(answer)} : {}),
        },
      },
    ],
  }),
  error: (status, message) => ({error: {message, type: 'error', code: status}}),
};
