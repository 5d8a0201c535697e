import type {RealAgent} from '../support/agents-image/pinned.ts';

const address = 'http://127.0.0.1:9999';
const key = 'sk-test-0123456789-abcdefghijklmnop';

/** What is particular to one of the agents: how a person sets it up here, what the eye sees on its screen, and its keys. */
export interface Subject {
  readonly name: RealAgent;
  /** Of the shell that makes the session. */
  readonly here: Readonly<Record<string, string>>;
  /** Of the user's home: what says where the model is, for those that take no variable for that. */
  readonly home?: Readonly<Record<string, string>>;
  readonly key: string;
  /** Its input box, taking a prompt. */
  readonly ready: RegExp;
  readonly permission: RegExp;
  readonly toolRuns: RegExp;
  readonly toolDone: RegExp;
  /** What is left of a permission that was denied, and of a turn that Esc has ended. */
  readonly denied: RegExp;
  readonly interrupted: RegExp;
  /** Typed to end a turn that is under way, one after the other. */
  readonly interrupt: readonly string[];
  /** The prompt that the model refuses to answer, and the error that stands on the screen when the agent has given up. */
  readonly failing: {readonly script: string; readonly error: RegExp};
  readonly quit: string;
}

const enterBox = (mark: string) => new RegExp(`^${mark}(?: .*)?$`, 'm');

export const subjects: Readonly<Record<RealAgent, Subject>> = {
  claude: {
    name: 'claude',
    here: {ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: address},
    key,
    ready: enterBox('❯'),
    permission: /Do you want to proceed\?[\s\S]*Esc to cancel/,
    toolRuns: /⎿ {2}Running…/,
    toolDone: /● The tool is done\./,
    denied: /⎿ {2}Interrupted · What should Claude do instead\?/,
    interrupted: /^❯ please #silent/m,
    interrupt: ['\x1b'],
    failing: {script: 'invalid', error: /● API Error: 400/},
    quit: '/exit',
  },
  codex: {
    name: 'codex',
    here: {OPENAI_API_KEY: key},
    home: {
      '.codex/config.toml': [
        'model = "model-1"\nmodel_provider = "loopback"',
        '[model_providers.loopback]',
        `name = "loopback"\nbase_url = "${address}/v1"\nenv_key = "OPENAI_API_KEY"\nwire_api = "responses"\n`,
      ].join('\n'),
    },
    key: `Bearer ${key}`,
    ready: /^› Ask Codex to do anything/m,
    permission: /Would you like to run the following command\?[\s\S]*Press enter to confirm/,
    toolRuns: /• Running touch by-tool[\s\S]*esc to interrupt/,
    toolDone: /• The tool is done\./,
    denied: /✗ You canceled the request/,
    interrupted: /please #silent\n[\s\S]*■ Conversation interrupted/,
    interrupt: ['\x1b'],
    failing: {script: 'invalid', error: /■ .*scripted 400/},
    quit: '/exit',
  },
  gemini: {
    name: 'gemini',
    here: {GEMINI_API_KEY: key, GOOGLE_GEMINI_BASE_URL: address},
    key,
    ready: /^ [>*] {3}Type your message/m,
    permission: /Allow execution of \[Shell\]\?/,
    toolRuns: /⊷ {2}Shell/,
    toolDone: /✦ The tool is done\./,
    denied: /ℹ Request cancelled\./,
    interrupted: /please #silent\n[\s\S]*ℹ (?:Request cancelled|User cancelled)/,
    interrupt: ['\x1b'],
    failing: {script: 'invalid', error: /✕ \[API Error/},
    quit: '/quit',
  },
  opencode: {
    name: 'opencode',
    here: {OPENAI_API_KEY: key},
    home: {
      '.config/opencode/opencode.json': JSON.stringify({
        model: 'loopback/model-1',
        small_model: 'loopback/model-1',
        provider: {
          loopback: {
            npm: '@ai-sdk/openai-compatible',
            name: 'loopback',
            options: {baseURL: `${address}/v1`, apiKey: '{env:OPENAI_API_KEY}'},
            models: {'model-1': {name: 'model-1'}},
          },
        },
      }),
    },
    key: `Bearer ${key}`,
    ready: /Build · model-1 loopback/,
    permission: /△ Permission required/,
    toolRuns: /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] touch by-tool/,
    toolDone: /The tool is done\./,
    denied: /\$ touch by-denied[\s\S]*Build · model-1 loopback/,
    interrupted: /· interrupted/,
    interrupt: ['\x1b', '\x1b'],
    failing: {script: 'invalid', error: /scripted 400/},
    quit: '/exit',
  },
  qwen: {
    name: 'qwen',
    here: {OPENAI_API_KEY: key, OPENAI_BASE_URL: `${address}/v1`, OPENAI_MODEL: 'model-1'},
    key: `Bearer ${key}`,
    ready: /^[>*] {3}Type your message/m,
    permission: /Allow execution of: [\s\S]*Waiting for user confirmation/,
    toolRuns: /⊶ Shell touch by-tool/,
    toolDone: /◆︎ The tool is done\./,
    denied: /- Shell touch by-denied/,
    interrupted: /^> please #silent/m,
    interrupt: ['\x1b'],
    failing: {script: 'invalid', error: /✕ \[API Error/},
    quit: '/quit',
  },
};
