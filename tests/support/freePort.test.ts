import { expect, test } from '@jest/globals';
import { freePort } from './freePort.js';

test('who asks for ports at once gets different ones', async () => {
  const ports = await Promise.all(Array.from({ length: 100 }, () => freePort()));
  expect(new Set(ports).size).toBe(100);
});
