import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import path from 'node:path';

/** The real agents that are tested with, at the versions their rules and fixtures were made of. */
export const packages = {
  claude: '@anthropic-ai/claude-code@2.1.329',
  codex: '@openai/codex@0.169.0',
  gemini: '@google/gemini-cli@0.61.0',
  opencode: 'opencode-ai@1.18.33',
  qwen: '@qwen-code/qwen-code@0.24.4',
} as const;
export type RealAgent = keyof typeof packages;

/** npm is told to run no scripts of the packages': these two bring the program itself. */
export const installers = ['@anthropic-ai/claude-code/install.cjs', 'opencode-ai/postinstall.mjs'] as const;

export const debian = {
  suite: 'bookworm',
  packages: ['ca-certificates', 'curl', 'git', 'procps', 'ripgrep', 'tini'],
} as const;

const recipe = readFileSync(path.join(import.meta.dirname, 'build.ts'));
const inputs = JSON.stringify([packages, installers, debian, process.version, process.arch]);
/** Its tag names all that it is made of: the same ones are not made twice. */
export const reference = `localhost/trails-test-agents:${createHash('sha256').update(inputs).update(recipe).digest('hex').slice(0, 12)}`;
