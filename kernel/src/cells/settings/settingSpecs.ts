import type { SettingName } from '../../contract.js';
import { UserError } from '../errors.js';
import { suggest } from '../../suggest.js';

/** A setting, declared once: `%config`, Tab and the documents read it. Values are kept as text. */
export interface SettingSpec {
  readonly name: string;
  readonly about: string;
  /** The word shown for its value. */
  readonly value: string;
  readonly type: 'text' | 'integer' | 'number' | 'boolean' | 'size';
  readonly choices?: readonly string[];
  readonly fallback?: string;
  /** The environment variable that sets it, below what `%config` sets. */
  readonly variable?: string;
  /** The smallest value; bytes for a size. */
  readonly least?: number;
}

const MB = 1024 * 1024;

/** Hosted services, and servers that speak OpenAI's protocol: at OPENAI_BASE_URL, or where they listen by default. */
export const PROVIDERS: readonly string[] = [
  'openai',
  'gemini',
  'openrouter',
  'compatible',
  'ollama',
  'lmstudio',
  'vllm',
  'llamacpp',
];

export const SETTINGS: readonly SettingSpec[] = [
  {
    name: 'provider',
    value: 'NAME',
    type: 'text',
    choices: PROVIDERS,
    variable: 'WORLDLINE_PROVIDER',
    about: 'who answers ask cells; the first whose key is set where this is not',
  },
  {
    name: 'model',
    value: 'NAME',
    type: 'text',
    variable: 'WORLDLINE_MODEL',
    about: 'the model that answers',
  },
  {
    name: 'default',
    value: 'KIND',
    type: 'text',
    choices: ['ask', 'sql', 'python'],
    fallback: 'ask',
    variable: 'WORLDLINE_DEFAULT',
    about: 'what a cell without %% is',
  },
  { name: 'rows', value: 'N', type: 'integer', fallback: '50', about: 'rows of a result shown at first' },
  { name: 'max-steps', value: 'N', type: 'integer', fallback: '20', about: 'steps of an agent run' },
  { name: 'max-tokens', value: 'N', type: 'integer', about: 'tokens of an agent run, in and out' },
  { name: 'max-usd', value: 'DOLLARS', type: 'number', about: 'cost of an agent run, where it is known' },
  { name: 'max-seconds', value: 'S', type: 'number', fallback: '900', about: 'wall clock of an agent run' },
  {
    name: 'approve',
    value: 'WHICH',
    type: 'text',
    choices: ['none', 'writes', 'all'],
    fallback: 'none',
    about: 'steps of an agent run that wait for your word',
  },
  {
    name: 'no-rows',
    value: 'BOOL',
    type: 'boolean',
    fallback: 'false',
    about: 'the model sees schemas and aggregates, never rows',
  },
  {
    name: 'at-once',
    value: 'N',
    type: 'integer',
    fallback: '3',
    about: 'branches of a run that go on side by side',
  },
  {
    name: 'keep-size',
    value: 'SIZE',
    type: 'size',
    least: MB,
    fallback: '20g',
    variable: 'WORLDLINE_KEEP_SIZE',
    about: 'the store of a notebook: the worldlines of its oldest runs go when a kernel ends beyond it',
  },
  {
    name: 'keep-days',
    value: 'N',
    type: 'number',
    variable: 'WORLDLINE_KEEP_DAYS',
    about: 'so long earlier worldlines are kept without being used',
  },
  { name: 'statement-seconds', value: 'S', type: 'number', about: 'deadline of a SQL statement of yours' },
  {
    name: 'sandbox-memory',
    value: 'SIZE',
    type: 'size',
    least: 128 * MB,
    fallback: '512m',
    variable: 'SANDBOX_MEMORY',
    about: 'memory of a sandbox, without swap',
  },
  {
    name: 'sandbox-cpus',
    value: 'N',
    type: 'number',
    least: 0.1,
    fallback: '1',
    variable: 'SANDBOX_CPUS',
    about: 'processors of a sandbox',
  },
  {
    name: 'sandbox-pids',
    value: 'N',
    type: 'integer',
    least: 16,
    fallback: '128',
    variable: 'SANDBOX_PIDS',
    about: 'processes and threads of a sandbox',
  },
  {
    name: 'sandbox-tmp',
    value: 'SIZE',
    type: 'size',
    least: MB,
    fallback: '64m',
    variable: 'SANDBOX_TMP_SIZE',
    about: '/tmp of a sandbox, in memory',
  },
  {
    name: 'sandbox-workspace',
    value: 'SIZE',
    type: 'size',
    least: MB,
    fallback: '2g',
    variable: 'SANDBOX_WORKSPACE_SIZE',
    about: 'the workspace, and the largest single file',
  },
  {
    name: 'sandbox-seconds',
    value: 'S',
    type: 'number',
    fallback: '30',
    variable: 'SANDBOX_TIMEOUT_SECONDS',
    about: 'deadline of the Python of a model',
  },
];

/** Those that a front end may have values for: typed against the contract, so that neither has one more. */
export const OF_FRONT_ENDS: Readonly<Record<SettingName, true>> = {
  ...{ provider: true, model: true, default: true, approve: true, 'no-rows': true },
  'at-once': true,
  ...{ 'max-steps': true, 'max-tokens': true, 'max-usd': true, 'max-seconds': true },
  ...{ 'sandbox-memory': true, 'sandbox-cpus': true, 'sandbox-pids': true, 'sandbox-tmp': true },
  ...{ 'sandbox-workspace': true, 'sandbox-seconds': true },
};

export function specOf(name: string): SettingSpec {
  const spec = SETTINGS.find((candidate) => candidate.name === name);
  if (spec) return spec;
  const near = suggest(
    name,
    SETTINGS.map((candidate) => candidate.name),
  );
  throw new UserError(
    'UsageError',
    `There is no setting "${name}".`,
    near === undefined ? '%config lists the settings.' : `Did you mean ${near}? %config lists the settings.`,
  );
}

/** As those of OpenAI and OpenRouter, and Google's, begin. */
const LOOKS_LIKE_A_KEY = /^\s*(sk-|AIza)/;

/** The value as it is kept. Throws a UserError that says what the setting takes. */
export function checked(spec: SettingSpec, value: string): string {
  const fail = (what: string): never => {
    throw new UserError('UsageError', `${spec.name} takes ${what}, not "${value}".`);
  };
  // It would be stored, shown and sent to whoever answers; and the message must not repeat it.
  if (spec.choices === undefined && spec.type === 'text' && LOOKS_LIKE_A_KEY.test(value))
    throw new UserError(
      'UsageError',
      `${spec.name} takes a name, and this looks like a key.`,
      'Keys are no settings: set them in the environment or in a .env file.',
    );
  if (spec.choices && !spec.choices.includes(value)) fail(spec.choices.join(' or '));
  const { type, least } = spec;
  const from = least === undefined ? 'above zero' : `from ${least} up`;
  if (type === 'integer' && !(/^[1-9]\d*$/.test(value) && Number(value) >= (least ?? 1)))
    fail(`a whole number ${from}`);
  if (type === 'number' && !(Number(value) > 0 && Number(value) >= (least ?? 0))) fail(`a number ${from}`);
  if (type === 'size' && !((bytesOf(value) ?? 0) >= (least ?? 1)))
    fail(`a size such as ${spec.fallback ?? '1g'}, from ${(least ?? 0) / MB} MB up`);
  if (spec.type === 'boolean' && value !== 'true' && value !== 'false') fail('true or false');
  return value;
}

/** `512m`, `1.5 GB`, `4096`; null for what is no size. */
export function bytesOf(text: string): number | null {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text) ?? [];
  return digits === undefined ? null : Number(digits) * 1024 ** ' kmgt'.indexOf(unit.toLowerCase() || ' ');
}
