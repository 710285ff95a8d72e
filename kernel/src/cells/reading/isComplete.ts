import type { IsComplete } from '../../jupyter/engine.js';
import type { Kernel } from '../Kernel.js';
import { readCell } from './readCell.js';

/**
 * For consoles: may this run, or is more to come? Cell magics and SQL end with an empty line (SQL with a semicolon as
 * well); a question is complete as it stands.
 */
export async function isComplete(kernel: Kernel, code: string): Promise<IsComplete> {
  const { defaultKind } = kernel;
  const { body } = readCell(code, defaultKind);
  if (body === null || body.form === 'help') return { status: 'complete' };
  const kind = body.form === 'magic' ? body.name : defaultKind;
  const ended = /\n[ \t]*$/.test(code);
  switch (kind) {
    case 'sql':
      return ended || code.trimEnd().endsWith(';')
        ? { status: 'complete' }
        : { status: 'incomplete', indent: '' };
    case 'python':
      return pythonIsComplete(kernel, body.text, ended);
    default:
      return body.form === 'plain' || ended ? { status: 'complete' } : { status: 'incomplete', indent: '' };
  }
}

async function pythonIsComplete(kernel: Kernel, text: string, ended: boolean): Promise<IsComplete> {
  if (text.trim() === '') return { status: 'incomplete', indent: '' };
  const runtime = await kernel.active();
  if (runtime.pythonState === 'none')
    return ended ? { status: 'complete' } : { status: 'incomplete', indent: '' };
  const { status, indent } = await (await runtime.python()).isComplete(text);
  return status === 'incomplete' ? { status, indent } : { status };
}
