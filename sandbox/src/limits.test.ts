import { describe, expect, test } from '@jest/globals';
import { SandboxOptionError } from './errors.js';
import { limitsFromEnvironment } from './limits.js';

describe('a setting that is no value', () => {
  test.each([
    ['SANDBOX_MEMORY', 'abc', '512m'],
    ['SANDBOX_MEMORY', '1k', '512m'],
    ['SANDBOX_MEMORY', '99999t', '512m'],
    ['SANDBOX_CPUS', '0', '1.5'],
    ['SANDBOX_CPUS', '99999999999999', '1.5'],
    ['SANDBOX_PIDS', '3', '128'],
    ['SANDBOX_PIDS', '99999999999999999999', '128'],
    ['SANDBOX_TMP_SIZE', '999999t', '64m'],
    ['SANDBOX_WORKSPACE_SIZE', '99999999999t', '2g'],
    ['SANDBOX_IMAGE', 'no such image', 'worldline-sandbox'],
    ['SANDBOX_IDLE_TTL_SECONDS', 'soon', '900'],
    ['SANDBOX_REAPER_INTERVAL_SECONDS', '99999999', '60'],
  ])('%s=%s is named, with one that works', (name, value, example) => {
    expect(() => limitsFromEnvironment({ [name]: value })).toThrow(
      new SandboxOptionError(`${name}=${value} is no value for it. Set for example ${name}=${example}.`),
    );
    expect(() => limitsFromEnvironment({ [name]: example })).not.toThrow();
  });
});
