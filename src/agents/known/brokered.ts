import type {Brokered} from '../agent.ts';

const bearer = {header: 'Authorization', format: 'Bearer {key}'} as const;

export const anthropicKeys: readonly Brokered[] = [
  {
    ...{name: 'anthropic', key: 'ANTHROPIC_API_KEY', header: 'X-Api-Key', format: '{key}'},
    ...{baseUrl: 'ANTHROPIC_BASE_URL', upstream: 'https://api.anthropic.com', paths: ['/v1/']},
  },
  {
    ...{name: 'anthropic-token', key: 'ANTHROPIC_AUTH_TOKEN', ...bearer},
    ...{baseUrl: 'ANTHROPIC_BASE_URL', upstream: 'https://api.anthropic.com', paths: ['/v1/']},
  },
];

/** Its base URL ends with the version. */
export const openaiKeys: readonly Brokered[] = [
  {
    ...{name: 'openai', key: 'OPENAI_API_KEY', ...bearer},
    ...{baseUrl: 'OPENAI_BASE_URL', upstream: 'https://api.openai.com/v1'},
    paths: ['/responses', '/chat/completions', '/models'],
  },
];

export const geminiKeys: readonly Brokered[] = [
  {
    ...{name: 'gemini', key: 'GEMINI_API_KEY', header: 'X-Goog-Api-Key', format: '{key}'},
    ...{baseUrl: 'GOOGLE_GEMINI_BASE_URL', upstream: 'https://generativelanguage.googleapis.com'},
    paths: ['/v1beta/models', '/v1/models', '/v1alpha/models'],
  },
];
