import type { KernelInfo } from '../jupyter/engine.js';

export const VERSION = '0.1.0';

/** What the first reply says; kept apart from the rest of the kernel, so that nothing else has to load for it. */
export function kernelInfo(): KernelInfo {
  return {
    implementation: 'worldline',
    implementationVersion: VERSION,
    banner:
      `Worldline ${VERSION}: ask in plain words, or use %%sql and %%python. ` +
      'Every cell is a point to come back to: %worldlines. %help lists the rest.',
    languageInfo: {
      name: 'worldline',
      version: VERSION,
      mimetype: 'text/markdown',
      file_extension: '.md',
      codemirror_mode: 'markdown',
      pygments_lexer: 'markdown',
      nbconvert_exporter: 'script',
    },
    helpLinks: [
      { text: 'DuckDB SQL', url: 'https://duckdb.org/docs/sql/introduction' },
      { text: 'pandas', url: 'https://pandas.pydata.org/docs/' },
    ],
  };
}
