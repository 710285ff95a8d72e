import { isIPython, isSettingOfIPython, jupysqlHint } from '../magics/ipython.js';
import { CELL_MAGICS } from '../magics/cellMagics.js';
import { LINE_MAGICS } from '../magics/registry.js';
import { parseCell, type ParsedCell } from './parse.js';
import { suggest } from '../../suggest.js';

const SQL = 'sql';

/** A cell as its kernel reads it: where plain cells are Python, so are the magics of IPython's, and what follows them. */
export function readCell(code: string, defaultKind: string): ParsedCell {
  if (defaultKind !== 'python') return parseCell(code);
  const parsed = parseCell(code, isPythons);
  const last = parsed.magics.at(-1);
  // A line of SQL among lines of Python is one of them.
  if (last?.name !== SQL || parsed.body?.form !== 'plain') return parsed;
  return {
    magics: parsed.magics.slice(0, -1),
    body: { form: 'plain', text: code.slice(last.offset), textOffset: last.offset },
  };
}

/** Whether a magic is IPython's, or one that the user's code made: a name like one of this kernel's is a slip. */
function isPythons(name: string, rest: string): boolean {
  if (name === 'config') return isSettingOfIPython(rest.trim());
  const own = [...LINE_MAGICS, ...CELL_MAGICS].map((magic) => magic.name);
  if (own.includes(name) || jupysqlHint(name) !== null) return false;
  return isIPython(name) || suggest(name, own) === undefined;
}
