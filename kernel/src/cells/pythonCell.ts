import { createHash } from 'node:crypto';
import type { ExecuteResult, SandboxEvent } from '@worldline/sandbox';
import { artifactDisplays } from '../display/artifacts.js';
import { errorTraceback } from '../display/errorText.js';
import type { Run } from '../jupyter/engine.js';
import { unlessAborted } from '../unlessAborted.js';
import type { OptionSpec } from './reading/arguments.js';
import { parseLeadingOptions } from './reading/arguments.js';
import type { CellContext } from './context.js';
import { CellFailure, InterruptedCell, UserError } from './errors.js';

export const PYTHON_OPTIONS: readonly OptionSpec[] = [
  { name: 'timeout', value: 'S', type: 'number', about: 'seconds after which the code is interrupted' },
];

const MORE_MEMORY = '%config sandbox-memory 2g gives it more at once; --save keeps that.';

/** Runs a Python cell of the user's in the worldline's sandbox. */
export async function runPythonCell(context: CellContext, rest: string, text: string): Promise<void> {
  const { options, restAt } = parseLeadingOptions('%%python', rest, PYTHON_OPTIONS);
  const inline = rest.slice(restAt).trim();
  const code = inline === '' ? text : `${inline}\n${text}`;
  if (code.trim() === '') {
    throw new UserError(
      'UsageError',
      'There is no Python in this cell.',
      'Write it below %%python. %%python? explains it.',
    );
  }
  const { runtime, run, request } = context;
  const timeout = options.get('timeout');
  const pass = passOn(run);
  const seen = new Set<string>();
  const python = await unlessAborted(runtime.python(), run.signal);
  const result = await python.execute(code, {
    cell: `Cell [${run.executionCount}]`,
    signal: run.signal,
    onEvent: (event) => {
      for (const picture of picturesOf(event)) seen.add(digest(picture));
      pass(event);
    },
    ...(typeof timeout === 'string' ? { timeout: Number(timeout) * 1000 } : {}),
    timeoutAdvice: ['%%python --timeout sets it; without it, a cell runs as long as it takes.'],
    ...(request.allowStdin ? { input: (prompt, password) => run.input(prompt, password) } : {}),
    sql: runtime.sqlForPython('user', run.signal, (text) => {
      pass({ type: 'notice', text });
    }),
  });
  // What is shown is often saved as well, and need not be seen twice.
  const files = await artifactDisplays(runtime.workspace, result.artifacts, {
    listing: 'some',
    isSeen: (picture) => seen.has(digest(picture)),
  });
  for (const display of files) run.display(display);
  throwUnlessOk(result, run.signal);
}

/** What makes outputs of the cell out of sandbox events. */
function passOn(run: Run): (event: SandboxEvent) => void {
  /** The stream that was left in the middle of a line. */
  let unfinished: 'stdout' | 'stderr' | null = null;
  return (event) => {
    switch (event.type) {
      case 'stream':
        run.stream(event.name, event.text);
        unfinished = event.text.endsWith('\n') ? null : event.name;
        break;
      case 'display':
        if (event.update && event.displayId !== undefined) run.update(event, event.displayId);
        else run.display(event, event.displayId);
        break;
      case 'result':
        run.result(event);
        break;
      case 'clear':
        run.clear(event.wait);
        break;
      case 'notice':
        // A terminal shows one stream after the other on the same line.
        if (unfinished !== null) run.stream(unfinished, '\n');
        unfinished = null;
        run.stream('stderr', `${event.text}\n`);
        break;
    }
  };
}

function picturesOf(event: SandboxEvent): string[] {
  if (event.type !== 'display' && event.type !== 'result') return [];
  return Object.entries(event.data).flatMap(([mime, data]) =>
    mime.startsWith('image/') && typeof data === 'string' ? [data] : [],
  );
}

/** Told apart without being held: pictures may be large. */
function digest(picture: string): string {
  return createHash('sha256').update(picture.trimEnd()).digest('base64');
}

function throwUnlessOk(result: ExecuteResult, signal: AbortSignal): void {
  if (result.status === 'ok') return;
  const { ename, evalue, traceback } = result;
  if (result.status === 'interrupted' && signal.aborted && traceback.length === 0)
    throw new InterruptedCell(evalue === '' ? undefined : evalue);
  if (traceback.length > 0) throw new CellFailure(ename, evalue, traceback);
  const advice = ename === 'MemoryError' ? [MORE_MEMORY] : [];
  throw new CellFailure(ename, evalue, [...errorTraceback(ename, evalue), ...advice]);
}
