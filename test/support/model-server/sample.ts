interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

const plain: Readonly<Record<string, unknown>> = {string: 'none', number: 1, integer: 1, boolean: false, array: []};

/** The least that fits a JSON schema, as Gemini CLI asks for it to route a prompt. */
export function sampleOf(schema: unknown): unknown {
  const {type = 'object', enum: values, properties = {}} = schema as Schema;
  if (values) return values[0];
  const kind = type.toLowerCase();
  if (Object.hasOwn(plain, kind)) return plain[kind];
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, sampleOf(value)]));
}
