import {type Answer, event, list, textOf, type Wire} from './wire.ts';

const usageMetadata = {promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15};

const candidate = (parts: readonly object[], done: boolean) => ({
  candidates: [{index: 0, content: {role: 'model', parts}, ...(done ? {finishReason: 'STOP'} : {})}],
  ...(done ? {usageMetadata} : {}),
  modelVersion: 'model-1',
});
const part = (answer: Answer) =>
  'text' in answer ? {text: answer.text} : {functionCall: {name: answer.call.name, args: answer.call.args}};

const schemaOf = (config: unknown) => {
  const {responseSchema, responseJsonSchema} = (config ?? {}) as Readonly<Record<string, unknown>>;
  return responseJsonSchema ?? responseSchema;
};

/** generateContent, as Gemini CLI speaks it. */
export const gemini: Wire = {
  name: 'gemini',
  path: /^\/v1(beta)?\/models\/[^/]+:(streamGenerateContent|generateContent)(\?|$)/,
  read: (body, path) => ({
    messages: list(body.contents).map(({role, parts}) => ({
      from: role === 'model' ? 'model' : 'user',
      text: textOf(parts),
    })),
    tools: list(body.tools).flatMap(tool => list(tool.functionDeclarations).map(one => String(one.name))),
    stream: path.includes(':stream'),
    schema: schemaOf(body.generationConfig),
  }),
  events: (answer, pieces) => ({
    head: [],
    text: pieces.map(text => event(candidate([{text}], false))),
    tail: [event(candidate('text' in answer ? [{text: ''}] : [part(answer)], true))],
  }),
  whole: answer => candidate([part(answer)], true),
  error: (code, message) => ({error: {code, message, status: code === 401 ? 'UNAUTHENTICATED' : 'INTERNAL'}}),
};
