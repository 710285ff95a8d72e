import { setImmediate } from 'node:timers/promises';
import type {
  CommHandler,
  Engine,
  ExecuteOutcome,
  KernelInfo,
  Run,
} from '../../kernel/src/jupyter/engine.js';
import { log } from '../../kernel/src/jupyter/log.js';
import { leave } from '../../kernel/src/jupyter/leave.js';
import { serveKernel } from '../../kernel/src/jupyter/server.js';

/** A tiny engine for tests of the wire: a cell is a line of commands, `print hello` for one, run from left to right by `;`. */
const info: KernelInfo = {
  implementation: 'echo',
  implementationVersion: '1.0',
  banner: 'echo',
  languageInfo: {
    name: 'echo',
    version: '1.0',
    mimetype: 'text/plain',
    file_extension: '.txt',
    codemirror_mode: 'null',
  },
  helpLinks: [],
};
const past: [number, number, string][] = [];
let late: (() => void) | null = null;

type Command = (rest: string, run: Run) => unknown;
const plain = (text: string) => ({ data: { 'text/plain': text } });

const commands: Record<string, Command> = {
  print: (text, run) => {
    run.stream('stdout', `${text}\n`);
  },
  warn: (text, run) => {
    run.stream('stderr', `${text}\n`);
  },
  result: (text, run) => {
    run.result(plain(text));
  },
  show: (text, run) => {
    const [id, ...words] = text.split(' ');
    run.display(plain(words.join(' ')), id === '-' ? undefined : id);
  },
  updates: (text, run) => {
    const [id = '', count] = text.split(' ');
    for (let n = 1; n <= Number(count); n += 1) run.update(plain(String(n)), id);
  },
  clear: (_text, run) => {
    run.clear(true);
  },
  next: (text, run) => {
    run.nextInput(text, true);
  },
  page: (text, run) => {
    run.page(plain(text));
  },
  lines: (count, run) => {
    for (let n = 0; n < Number(count); n += 1) run.stream('stdout', `line ${n}\n`);
  },
  alternate: (count, run) => {
    for (let n = 0; n < Number(count); n += 1) run.stream(n % 2 === 0 ? 'stdout' : 'stderr', `${n}\n`);
  },
  long: (length, run) => {
    run.stream('stdout', 'ü'.repeat(Number(length)));
  },
  ask: async (prompt, run) => {
    run.stream('stdout', `you said ${await run.input(prompt, prompt === 'password')}\n`);
  },
  wait: (_text, run) =>
    new Promise((_resolve, reject) => {
      if (run.signal.aborted) reject(run.signal.reason as Error);
      run.signal.addEventListener('abort', () => {
        reject(run.signal.reason as Error);
      });
    }),
  later: (text, run) => {
    late = () => {
      run.stream('stdout', text);
    };
  },
  reject: (text) => {
    throw new TypeError(text);
  },
  unhandled: (text) => {
    void Promise.reject(new Error(text));
  },
  complain: async (text, run) => {
    let errors = 0;
    const count = (): void => {
      errors += 1;
    };
    process.on('uncaughtException', count);
    log(text);
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    process.off('uncaughtException', count);
    run.stream('stdout', `${errors} errors\n`);
  },
  bigint: (_text, run) => {
    run.display({ data: { 'application/json': 1n } });
  },
  memory: (_text, run) => {
    run.result(plain(String(process.memoryUsage().rss)));
  },
  nothing: () => late?.(),
};

async function execute(code: string, run: Run): Promise<ExecuteOutcome> {
  for (const part of code.split(';')) {
    const [, name = '', rest = ''] = /^\s*(\S*) ?(.*)$/s.exec(part) ?? [];
    if (name === '') continue;
    if (name === 'fail')
      return { status: 'error', name: 'EchoError', message: rest, traceback: ['trace', rest] };
    const command = commands[name];
    if (command === undefined) {
      return { status: 'error', name: 'UnknownCommand', message: name, traceback: [name] };
    }
    await command(rest, run);
  }
  return { status: 'ok' };
}

const engine: Engine = {
  kernelInfo: () => info,
  execute: async (request, run) => {
    if (request.storeHistory) past.push([1, run.executionCount, request.code]);
    const outcome = await execute(request.code, run);
    if (outcome.status !== 'ok') return outcome;
    const values = Object.entries(request.userExpressions).map(([name, value]) => [
      name,
      value === 'bad'
        ? { status: 'error', ename: 'EchoError', evalue: value, traceback: [] }
        : { status: 'ok', data: { 'text/plain': value }, metadata: {} },
    ]);
    const cell = request.cellId ?? '';
    if (cell !== '') run.stream('stdout', `cell ${cell}, deleted ${request.deletedCells.join(' ')}\n`);
    return { status: 'ok', userExpressions: Object.fromEntries(values) as Record<string, unknown> };
  },
  complete: (code, cursor) => {
    const typed = Array.from(code).slice(0, cursor).join('');
    const start = Array.from(typed.slice(0, typed.length - (/\S*$/u.exec(typed)?.[0].length ?? 0))).length;
    const word = Array.from(typed).slice(start).join('');
    const matches = Object.keys(commands)
      .filter((name) => name.startsWith(word))
      .map((text) => ({ text, type: 'function', signature: '(text)' }));
    return Promise.resolve({ matches, start, end: cursor });
  },
  inspect: (code) => Promise.resolve(code.trim() in commands ? plain(`help on ${code.trim()}`) : null),
  isComplete: (code) =>
    Promise.resolve(
      code.endsWith('\\') ? { status: 'incomplete' as const, indent: '  ' } : { status: 'complete' as const },
    ),
  history: (request) =>
    Promise.resolve(
      past
        .filter(([, line]) => request.access !== 'range' || (line >= request.start && line < request.stop))
        .filter(
          ([, , code]) => request.access !== 'search' || code.includes(request.pattern.replaceAll('*', '')),
        )
        .slice(request.access === 'range' ? 0 : -request.n)
        .map(([session, line, code]) => [session, line, request.output ? [code, null] : code] as const),
    ),
  openComm: (target, comm, data): CommHandler | null => {
    if (target === 'broken') throw new Error('broken on purpose');
    if (target !== 'echo') return null;
    comm.send({ hello: data });
    return {
      message: (message, buffers) => {
        if ((message as { close?: boolean }).close === true) comm.close({ bye: true });
        else comm.send({ echo: message, sizes: buffers.map((buffer) => buffer.length) }, buffers);
      },
      closed: () => undefined,
    };
  },
  interrupt: () => undefined,
  shutdown: () => Promise.resolve(),
};

const [file, mode] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: echo-engine CONNECTION_FILE [lazy]');
const load = () => Promise.resolve(engine);
await serveKernel(file, mode === 'lazy' ? { kernelInfo: () => info, load } : engine);
leave();
