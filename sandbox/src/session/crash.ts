const FRAME = /^ {2}File "(.*)", line (\d+) in (.*)$/;
/** A cell's code, as the runner names it. */
const CELL = /^<(.*?)(?: #\d+)?>$/;
/** What runs a cell and shows its values. */
const MACHINERY = /\/(?:IPython\/core|worldline_runner)\//;
/** Before what the runner says of an end of its own. */
const BROKE = /^The runner broke: (.+)$/m;
/** The innermost frames that are shown. */
const MOST = 30;

interface CrashFrame {
  readonly file: string;
  readonly line: number;
  readonly name: string;
}

/**
 * The frames of the thread in which Python crashed, outermost first, out of what its faulthandler wrote. The runner's are
 * left out: those that lead to the cell's code, and those that show a value of it. `cell`: its lines are shown where they are known.
 */
export function framesOf(crash: string, cell: { readonly label: string; readonly code: string }): string[] {
  const [, thread = ''] = /^Current thread .*\n((?: .*\n?)*)/m.exec(crash) ?? [];
  const frames = thread
    .split('\n')
    .flatMap((line) => {
      const [, file, number, name] = FRAME.exec(line) ?? [];
      return file === undefined || name === undefined ? [] : [{ file, line: Number(number), name }];
    })
    .reverse();
  // What IPython calls next is the cell.
  const entry = frames.findIndex(
    ({ file, name }) => file.endsWith('/IPython/core/interactiveshell.py') && name === 'run_code',
  );
  const own = frames.slice(entry + 1).filter(({ file }) => !MACHINERY.test(file));
  const left = own.length - MOST;
  const more = left > 0 ? [`    [... ${left} more frames]`] : [];
  return [...more, ...own.slice(-MOST).flatMap((frame) => linesOf(frame, cell))];
}

/** What the runner could not go on with, in Python's words; null where it was not the runner that ended. */
export function breakOf(crash: string): string | null {
  return BROKE.exec(crash)?.[1] ?? null;
}

function linesOf(
  { file, line, name }: CrashFrame,
  cell: { readonly label: string; readonly code: string },
): string[] {
  const [, label] = CELL.exec(file) ?? [];
  const where = name === '<module>' ? '' : `, in ${name}`;
  if (label === undefined) return [`File \u001b[32m${file}:${line}\u001b[39m${where}`];
  const source = label === cell.label ? cell.code.split('\n')[line - 1]?.trim() : undefined;
  const shown = `\u001b[36m${label}\u001b[39m\u001b[32m, line ${line}\u001b[39m${where}`;
  return source === undefined ? [shown] : [shown, `\u001b[32m----> ${line}\u001b[39m ${source}`];
}
