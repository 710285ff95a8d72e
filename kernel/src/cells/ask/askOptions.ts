import type { OptionSpec } from '../reading/arguments.js';
import { PROVIDERS } from '../settings/settingSpecs.js';

export const ASK_OPTIONS: readonly OptionSpec[] = [
  { name: 'model', value: 'NAME', type: 'text', about: 'the model that answers' },
  {
    name: 'provider',
    value: 'NAME',
    choices: PROVIDERS,
    about: 'where the model is',
  },
  { name: 'max-steps', value: 'N', type: 'integer', about: 'at most so many steps (default 20)' },
  { name: 'max-tokens', value: 'N', type: 'integer', about: 'at most so many tokens, in and out' },
  { name: 'max-usd', value: 'DOLLARS', type: 'number', about: 'at most this cost, where it is known' },
  { name: 'max-seconds', value: 'S', type: 'number', about: 'at most this long (default 900)' },
  {
    name: 'approve',
    value: 'WHICH',
    choices: ['none', 'writes', 'all'],
    about: 'ask before steps that write, or before all',
  },
  { name: 'no-rows', about: 'the model sees schemas and aggregates, never rows' },
  { name: 'branches', value: 'N', type: 'integer', about: 'try it N times, each in a worldline of its own' },
  { name: 'at-once', value: 'N', type: 'integer', about: 'branches that run side by side (default 3)' },
  { name: 'strict-replay', about: 'fail where a replayed run differs from the recorded one' },
];
