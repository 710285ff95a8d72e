import { expect, test } from '@jest/globals';
import { saved } from '../faults/saved.js';
import { errorOf, shown, withKernel, type Notebook } from '../integration/withKernel.js';
import { startModelServer, type ModelServer, type Script } from '../support/model-server.js';
import { Relay } from './Relay.js';

const MINUTES = 180_000;

/** A kernel whose model is behind a network that can be cut. */
async function withNetwork(
  script: Script,
  body: (notebook: Notebook, relay: Relay, server: ModelServer) => Promise<void>,
): Promise<void> {
  const server = await startModelServer({ script });
  const relay = await Relay.to(Number(new URL(server.url).port));
  const env = {
    OPENAI_BASE_URL: `http://127.0.0.1:${relay.port}/v1`,
    OPENAI_API_KEY: 'test-key',
    WORLDLINE_MODEL: 'scripted',
  };
  try {
    await withKernel((notebook) => body(notebook, relay, server), { env });
  } finally {
    await relay.close();
    await server.close();
  }
}

const never = new Promise<void>(() => undefined);

test(
  'a network cut in the middle of an answer is told; what the run had done stays, and the next question is answered',
  () =>
    withNetwork(
      (_, number) => {
        if (number === 0)
          return { calls: [{ name: 'run_sql', arguments: { sql: 'create table kept as select 1 as a' } }] };
        return number === 1 ? { text: 'Half of it. And more.', holdHalfway: never } : { text: 'Whole.' };
      },
      async ({ kernel }, relay) => {
        const half = kernel.next(({ content }) => JSON.stringify(content).includes('Half'), MINUTES);
        const running = kernel.execute('Make a table.', { timeout: MINUTES });
        await half;
        relay.cut();
        const cell = await running;
        expect(cell.status).toBe('error');
        expect(errorOf(cell)).toMatch(/connect|network|reach/i);
        expect(shown(await kernel.execute('%%sql from kept'))).toContain('1 row');
        relay.mend();
        expect(shown(await kernel.execute('And now?', { timeout: MINUTES }))).toContain('Whole.');
      },
    ),
  MINUTES,
);

test(
  'a network that falls silent in the middle of an answer can be interrupted, and the next question is answered',
  () =>
    withNetwork(
      (_, number) =>
        number === 0 ? { text: 'One of it. And more.', holdHalfway: never } : { text: 'Here.' },
      async ({ kernel }, relay) => {
        const half = kernel.next(({ content }) => JSON.stringify(content).includes('One'), 50_000);
        const running = kernel.execute('Slow?', { timeout: MINUTES });
        await half;
        relay.silence();
        await kernel.interrupt();
        expect(errorOf(await running)).toContain('interrupted');
        relay.mend();
        expect(shown(await kernel.execute('Now?', { timeout: MINUTES }))).toContain('Here.');
      },
    ),
  MINUTES,
);

test.each([
  ['a server error', { fault: { kind: 'status', status: 500 } }],
  ['too many requests', { fault: { kind: 'status', status: 429, headers: { 'retry-after': '0' } } }],
  ['a connection reset before an answer', { fault: { kind: 'reset', when: 'before' } }],
  ['a connection reset in mid-stream', { fault: { kind: 'reset', when: 'halfway' }, text: 'a b' }],
  ['no end of the stream', { text: 'cut', finish: null, noDone: true }],
  ['something that is no JSON', { body: 'data: {{{\n\n' }],
  ['a page of HTML', { body: '<html>gateway</html>', contentType: 'text/html' }],
  ['nothing at all', { body: '' }],
] as const)(
  '%s for every try is told, and the next question is answered',
  (_what, turn) => {
    let broken = true;
    return withNetwork(
      () => (broken ? turn : { text: 'Well again.' }),
      async ({ kernel }) => {
        const cell = await kernel.execute('Hello?', { timeout: MINUTES });
        expect(cell.status).toBe('error');
        expect(errorOf(cell).length).toBeGreaterThan(20);
        broken = false;
        expect(shown(await kernel.execute('Hello?', { timeout: MINUTES }))).toContain('Well again.');
      },
    );
  },
  MINUTES,
);

test(
  'a connection to Docker that is cut in mid-cell costs the cell; the next has the variables',
  async () => {
    const relay = await Relay.to('/var/run/docker.sock');
    try {
      await withKernel(
        async ({ kernel }) => {
          await kernel.execute('%%python\nkept = [1, 2, 3]');
          await saved(kernel, 1);
          const said = kernel.next(
            ({ type, content }) => type === 'stream' && String(content['text']).includes('go'),
          );
          const running = kernel.execute('%%python\nprint("go", flush=True)\nwhile True: pass');
          await said;
          relay.cut();
          const cell = await running;
          expect(cell.status).toBe('error');
          expect(errorOf(await kernel.execute('%%python\n1'))).toMatch(/Docker/);
          relay.mend();
          const next = await kernel.execute('%%python\nprint(kept)');
          expect(next.status === 'ok' ? next.stdout : errorOf(next)).toBe('[1, 2, 3]\n');
        },
        { env: { DOCKER_HOST: `tcp://127.0.0.1:${relay.port}` } },
      );
    } finally {
      await relay.close();
    }
  },
  MINUTES,
);
