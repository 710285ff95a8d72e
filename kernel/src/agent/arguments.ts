/** A call's arguments, or what is wrong with them, in words for the model. */
export type Parsed =
  | { readonly ok: true; readonly value: Record<string, unknown> }
  | { readonly ok: false; readonly problem: string };

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
}

/** Parses arguments and checks them against the tool's schema. `cut` says that the output limit ended the turn. */
export function parseArguments(text: string, parameters: Record<string, unknown>, cut: boolean): Parsed {
  let value: unknown;
  if (text.trim() === '' && !cut) value = {};
  else
    try {
      value = JSON.parse(text);
    } catch {
      const why = cut
        ? 'they were cut off by the output limit: send less at once, for example shorter code'
        : 'send one JSON object';
      return {
        ok: false,
        problem: `The arguments are not valid JSON; ${why}. They began with: ${text.slice(0, 200)}`,
      };
    }
  const problem = check(value, parameters, 'the arguments');
  return problem === null
    ? { ok: true, value: value as Record<string, unknown> }
    : { ok: false, problem: `${problem} Call the tool again with the right arguments.` };
}

function check(value: unknown, schema: Schema, where: string): string | null {
  if (schema.type !== undefined && !hasType(value, schema.type))
    return `Expected ${where} to be of type ${schema.type}.`;
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return `Expected ${where} to be one of ${schema.enum.map(String).join(', ')}.`;
  if (schema.type === 'array' && schema.items !== undefined)
    for (const item of value as unknown[]) {
      const problem = check(item, schema.items, `each item of ${where}`);
      if (problem !== null) return problem;
    }
  if (schema.type !== 'object') return null;
  const fields = value as Record<string, unknown>;
  for (const name of schema.required ?? [])
    if (fields[name] === undefined) return `Missing argument "${name}".`;
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    const field = fields[name];
    if (field === undefined || field === null) continue;
    const problem = check(field, inner, `"${name}"`);
    if (problem !== null) return problem;
  }
  return null;
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
