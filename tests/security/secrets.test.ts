import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { shown, withKernel } from '../integration/withKernel.js';
import { contentsBelow } from '../support/contentsBelow.js';
import { startModelServer } from '../support/model-server.js';
import { tried } from '../support/tries.js';

const KEYS = {
  OPENAI_API_KEY: 'sk-test-4f1c0ffee9d2b7a1e5c8',
  GEMINI_API_KEY: 'AIzaTest-77aa1199cc33ee55',
  OPENROUTER_API_KEY: 'sk-or-test-0b1d2f3a4c5e6978',
};
const SECRETS = [...Object.values(KEYS), 'hunter2-dotenv-secret'];

/** The secrets in some bytes, as they are and as base64 would hold them. */
function secretsIn(bytes: Buffer): string[] {
  return SECRETS.filter((secret) => {
    const encoded = [0, 1, 2].map((shift) =>
      Buffer.from(`${' '.repeat(shift)}${secret}`)
        .toString('base64')
        .slice(4, -4),
    );
    return [secret, ...encoded].some((text) => bytes.includes(text));
  });
}

test('no key is in anything that is shown, sent to the sandbox, stored, recorded or left in a file', async () => {
  const server = await startModelServer({
    script: [
      { calls: [{ name: 'run_sql', arguments: { sql: 'select 1 as a' } }] },
      {
        calls: [
          {
            name: 'run_python',
            arguments: { code: 'import os\nprint(dict(os.environ))\nprint(open("/proc/1/environ").read())' },
          },
        ],
      },
      { text: 'Done.' },
      {
        fault: {
          kind: 'status',
          status: 401,
          body: { error: { message: `bad key ${KEYS.OPENAI_API_KEY}` } },
        },
      },
    ],
  });
  try {
    await withKernel(
      async ({ kernel, folder, home }) => {
        writeFileSync(join(folder, '.env'), 'DB_PASSWORD=hunter2-dotenv-secret\n');
        const cells = [
          'What is it?',
          'And with a wrong key?',
          "%%sql select getenv('OPENAI_API_KEY') as k",
          "%%sql select * from duckdb_settings() where value like '%sk-%'",
          "%%sql from read_text('.env')",
          '%%python\nimport os, subprocess\nprint(os.environ, subprocess.run(["env"], capture_output=True))',
          "%%python\nprint(open('.env').read())",
          '%config',
          '%doctor',
          '%usage',
          '%export main out.ipynb --data',
          '%export main out.html',
        ];
        for (const code of cells) {
          const cell = await kernel.execute(code, { timeout: 60_000 });
          expect({ code, secrets: secretsIn(Buffer.from(shown(cell))) }).toEqual({ code, secrets: [] });
          const messages = Buffer.from(JSON.stringify(cell.messages));
          expect({ code, secrets: secretsIn(messages) }).toEqual({ code, secrets: [] });
        }
        expect(secretsIn(Buffer.from(kernel.process.stderr))).toEqual([]);
        const asked = server.requests.map(({ body }) => JSON.stringify(body)).join();
        expect(secretsIn(Buffer.from(asked))).toEqual([]);
        const written = [...contentsBelow(dirname(home))].filter(([file]) => file !== join(folder, '.env'));
        expect(written.length).toBeGreaterThan(5);
        const withSecrets = written.filter(([, bytes]) => secretsIn(bytes).length > 0);
        expect(withSecrets.map(([file]) => file)).toEqual([]);
        tried(cells.length + written.length);
      },
      {
        env: {
          ...KEYS,
          OPENAI_BASE_URL: server.url,
          WORLDLINE_PROVIDER: 'compatible',
          WORLDLINE_MODEL: 'scripted',
          WORLDLINE_TURNS: 'record',
          WORLDLINE_CASSETTE: 'turns.json',
        },
      },
    );
  } finally {
    await server.close();
  }
});
