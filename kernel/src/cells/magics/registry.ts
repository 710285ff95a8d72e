import { UserError } from '../errors.js';
import { suggest } from '../../suggest.js';
import { helpDisplay, magicHelp } from './help.js';
import { CELL_MAGICS } from './cellMagics.js';
import { DATA_MAGICS } from './data.js';
import { ipythonHint, jupysqlHint } from './ipython.js';
import { KERNEL_MAGICS } from './kernel.js';
import type { CellMagic, Magic } from './Magic.js';
import { WORLDLINE_MAGICS } from './worldlines.js';

const help: Magic = {
  name: 'help',
  usage: '%help [MAGIC]',
  about: 'Says what a cell can be, or explains one magic.',
  options: [],
  words: ['magic'],
  most: 1,
  run({ positional }, { run }) {
    const [name] = positional;
    run.display(
      name === undefined ? helpDisplay([...CELL_MAGICS, ...LINE_MAGICS]) : magicHelp(anyMagic(name)),
    );
    return Promise.resolve();
  },
};

/** All line magics, in the order in which `%help` lists them. */
export const LINE_MAGICS: readonly Magic[] = [...DATA_MAGICS, ...WORLDLINE_MAGICS, ...KERNEL_MAGICS, help];

/** The magic of either kind, named with or without its signs. */
export function anyMagic(name: string): CellMagic | Magic {
  const bare = name.replace(/^%+/, '');
  return CELL_MAGICS.find((candidate) => candidate.name === bare) ?? findMagic(bare);
}

/** The line magic of that name. Throws a UserError with the nearest name where there is none. */
export function findMagic(name: string): Magic {
  const magic = LINE_MAGICS.find((candidate) => candidate.name === name);
  if (magic) return magic;
  if (CELL_MAGICS.some((candidate) => candidate.name === name)) {
    throw new UserError(
      'UsageError',
      `%${name} is a cell magic.`,
      `Write %%${name} on the first line of its own cell.`,
    );
  }
  throw unknown('%', name);
}

export function findCellMagic(name: string): CellMagic {
  const magic = CELL_MAGICS.find((candidate) => candidate.name === name);
  if (magic) return magic;
  if (LINE_MAGICS.some((candidate) => candidate.name === name)) {
    throw new UserError('UsageError', `%%${name} is a line magic.`, `Write it with one %: %${name}`);
  }
  throw unknown('%%', name);
}

function unknown(sign: '%' | '%%', name: string): UserError {
  const ipython = ipythonHint(name) ?? jupysqlHint(name);
  if (ipython !== null) return new UserError('UnknownMagic', ...ipython);
  const names = { '%': [...LINE_MAGICS.map(nameOf), 'sql'], '%%': CELL_MAGICS.map(nameOf) };
  const other = sign === '%' ? '%%' : '%';
  const found = ([sign, other] as const).flatMap((each) => {
    const near = suggest(name, names[each]);
    return near === undefined ? [] : `${each}${near}`;
  });
  return new UserError(
    'UnknownMagic',
    `There is no magic ${sign}${name}.`,
    found[0] === undefined ? '%help lists all magics.' : `Did you mean ${found[0]}? %help lists all magics.`,
  );
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
