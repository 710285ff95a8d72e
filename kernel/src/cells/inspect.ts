import { countPoints, unitOffset } from './reading/codePoints.js';
import type { Display } from '../mime.js';
import type { CellContext } from './context.js';
import { magicHelp } from './magics/help.js';
import type { Kernel } from './Kernel.js';
import { CELL_MAGICS } from './magics/cellMagics.js';
import { anyMagic, LINE_MAGICS } from './magics/registry.js';
import { showDescription } from './magics/tables.js';
import { readCell } from './reading/readCell.js';

/** What Shift-Tab shows: a magic's help, a table's columns, or what Python says. `cursor` counts code points. */
export async function inspect(
  kernel: Kernel,
  code: string,
  cursor: number,
  detail: 0 | 1,
): Promise<Display | null> {
  const at = unitOffset(code, cursor);
  const word = wordAt(code, at);
  if (word.startsWith('%')) return knownMagic(word) ? magicHelp(anyMagic(word)) : null;
  const { defaultKind } = kernel;
  const { body } = readCell(code, defaultKind);
  const kind = body?.form === 'magic' ? body.name : defaultKind;
  if (kind === 'python' && body !== null && body.form !== 'help' && at >= body.textOffset) {
    const python = await (await kernel.active()).python();
    const data = await python.inspect(body.text, countPoints(code.slice(body.textOffset, at)), detail);
    if (data !== null) return { data };
  }
  return tableTip(kernel, word);
}

/**
 * `name?` as a cell of its own: a magic, a table, or a Python name. False where there is none of that name. Throws a
 * UserError for an unknown magic.
 */
export async function showSubject(context: CellContext, subject: string): Promise<boolean> {
  const { runtime, run } = context;
  const bare = subject.replace(/^%+/, '');
  if (subject.startsWith('%') || knownMagic(bare)) {
    showAside(context, magicHelp(anyMagic(bare)));
    return true;
  }
  const { tables } = await runtime.database.catalog();
  const isTable = tables.some(({ name }) => name.toLowerCase() === subject.toLowerCase());
  if (isTable && !runtime.isFrame(subject)) {
    showDescription(await runtime.database.describe(subject), run);
    return true;
  }
  if (runtime.pythonState === 'none') return false;
  const data = await (await runtime.python()).inspect(subject, countPoints(subject), 0);
  if (data !== null) showAside(context, { data });
  return data !== null;
}

/** Help goes to the pager of a front end that has one; a batch run keeps it as an output. */
function showAside({ run, request }: CellContext, display: Display): void {
  if (request.allowStdin) run.page(display);
  else run.display(display);
}

async function tableTip(kernel: Kernel, word: string): Promise<Display | null> {
  const { tables } = await kernel.catalog();
  const table = tables.find(({ name }) => name.replaceAll('"', '').toLowerCase() === word.toLowerCase());
  if (!table) return null;
  const columns = table.columns.map(({ name, type }) => `  ${name} ${type}`.trimEnd()).join('\n');
  return { data: { 'text/plain': `${table.kind} ${table.name}\n${columns}` } };
}

function knownMagic(name: string): boolean {
  const bare = name.replace(/^%+/, '');
  return [...CELL_MAGICS, ...LINE_MAGICS].some((magic) => magic.name === bare);
}

function wordAt(code: string, at: number): string {
  const before = /[\p{L}\p{N}_.%]*$/u.exec(code.slice(0, at))?.[0] ?? '';
  const after = /^[\p{L}\p{N}_.]*/u.exec(code.slice(at))?.[0] ?? '';
  return before + after;
}
