/** Native ESM; types are checked by `npm run typecheck`, so tests are only stripped of them. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  moduleNameMapper: {
    '^@worldline/sandbox$': '<rootDir>/sandbox/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/labextension/lib/', '/\\.venv/'],
  modulePathIgnorePatterns: ['/dist/', '/\\.venv/'],
  testTimeout: 120_000,
};
