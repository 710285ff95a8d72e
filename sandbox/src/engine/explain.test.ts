import { expect, test } from '@jest/globals';
import { limitsFromEnvironment } from '../limits.js';
import { explain } from './explain.js';

const settings = limitsFromEnvironment({ SANDBOX_RUNTIME: 'runsc' });
const told = (message: string): string => explain(new Error(message), settings, 'the socket').message;

test('a runtime that Docker knows and that is not installed is not taken for an image without Python', () => {
  expect(
    told(
      '(HTTP code 400) unexpected - failed to create shim task: error while looking up the specified runtime path: exec: "runsc": executable file not found in $PATH',
    ),
  ).toMatch(
    /^Docker cannot use the runtime runsc: .*\. Install it and name it in the settings of Docker, or unset SANDBOX_RUNTIME\.$/,
  );
});

test('an image without Python is told as that, by whichever runtime', () => {
  for (const message of [
    'OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "python3": executable file not found in $PATH: unknown',
    'crun: executable file `python3` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found',
  ])
    expect(told(message)).toMatch(/^The image worldline-sandbox has no python3: /);
});
