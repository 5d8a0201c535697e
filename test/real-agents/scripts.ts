import type {Scripts} from '../support/model-server/script.ts';

const numbers = 'one two three four five six seven eight nine ten eleven twelve';

/** What the model does for a prompt that names one of them: `please #tool`. */
export const scripts: Scripts = {
  hello: [{do: 'say', text: 'Hello, this is a short answer.'}],
  slow: [{do: 'say', text: `Counting: ${numbers} finished.`, afterMs: 3000, everyMs: 300}],
  tool: [
    {do: 'shell', command: 'touch by-tool; sleep 3; echo tool-ran', afterMs: 800},
    {do: 'say', text: 'The tool is done.', afterMs: 2000},
  ],
  denied: [
    {do: 'shell', command: 'touch by-denied', afterMs: 800},
    {do: 'say', text: 'It was denied.'},
  ],
  silent: [{do: 'say', text: 'Too late.', afterMs: 600_000}],
  'fails-once': [
    {do: 'fail', status: 500, times: 1, afterMs: 500},
    {do: 'say', text: 'It went well after a failure.'},
  ],
  invalid: [{do: 'fail', status: 400, afterMs: 500}],
};
