import { describe, expect, test } from '@jest/globals';
import { SandboxOptionError } from './errors.js';
import { limitsFromEnvironment } from './limits.js';

const NONE = 'is no value for it';
const MORE = 'is more than there can be';

describe('a setting that is no value', () => {
  test.each([
    ['SANDBOX_MEMORY', 'abc', NONE, '512m'],
    ['SANDBOX_MEMORY', '64m', 'is too little, it takes 128m at least', '512m'],
    ['SANDBOX_MEMORY', '99999t', MORE, '512m'],
    ['SANDBOX_CPUS', '0', 'is too little, it takes 0.1 at least', '1.5'],
    ['SANDBOX_CPUS', '99999999999999', MORE, '1.5'],
    ['SANDBOX_PIDS', '3', 'is too little, it takes 16 at least', '128'],
    ['SANDBOX_PIDS', '99999999999999999999', MORE, '128'],
    ['SANDBOX_TMP_SIZE', '999999t', MORE, '64m'],
    ['SANDBOX_WORKSPACE_SIZE', '99999999999t', MORE, '2g'],
    ['SANDBOX_IMAGE', 'no such image', NONE, 'worldline-sandbox'],
    ['SANDBOX_IMAGE', 'Capitals', NONE, 'worldline-sandbox'],
    ['SANDBOX_IDLE_TTL_SECONDS', 'soon', NONE, '900'],
    ['SANDBOX_REAPER_INTERVAL_SECONDS', '99999999', MORE, '60'],
  ])('%s=%s is named, with one that works', (name, value, what, example) => {
    expect(() => limitsFromEnvironment({ [name]: value })).toThrow(
      new SandboxOptionError(`${name}=${value} ${what}. Set for example ${name}=${example}.`),
    );
    expect(() => limitsFromEnvironment({ [name]: example })).not.toThrow();
  });
});
