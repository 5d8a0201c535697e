/** For agents that talk to whatever model their user has a key for. Keys that open more than a model are for `--env`. */
export const modelKeys = [
  ...['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_API_KEY', 'OPENROUTER_API_KEY', 'GROQ_API_KEY'],
  ...[
    'DEEPSEEK_API_KEY',
    'MISTRAL_API_KEY',
    'XAI_API_KEY',
    'CEREBRAS_API_KEY',
    'TOGETHER_API_KEY',
    'FIREWORKS_API_KEY',
  ],
  ...['AZURE_OPENAI_API_KEY', 'AWS_BEARER_TOKEN_BEDROCK', 'DASHSCOPE_API_KEY', 'ZAI_API_KEY', 'MOONSHOT_API_KEY'],
];

export const modelPlaces = [
  ...['ANTHROPIC_BASE_URL', 'OPENAI_BASE_URL', 'OPENAI_API_BASE', 'GOOGLE_GEMINI_BASE_URL', 'OLLAMA_API_BASE'],
  ...['AZURE_OPENAI_ENDPOINT', 'AZURE_API_BASE', 'AZURE_API_VERSION', 'AWS_REGION'],
];

/** Where those models are. Azure's and Amazon's have a host for each customer, which their variables or `--allow` name. */
export const modelHosts = [
  ...['api.anthropic.com', 'api.openai.com', 'generativelanguage.googleapis.com', 'openrouter.ai', 'api.groq.com'],
  ...['api.deepseek.com', 'api.mistral.ai', 'api.x.ai', 'api.cerebras.ai', 'api.together.xyz', 'api.fireworks.ai'],
  ...['dashscope.aliyuncs.com', 'dashscope-intl.aliyuncs.com', 'api.z.ai', 'api.moonshot.ai'],
];
