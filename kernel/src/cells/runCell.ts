import type { Turn } from '../agent/types.js';
import type { CellKind } from '../contract.js';
import { parseArguments } from './reading/arguments.js';
import { readAskCell, runAskCell } from './ask/askCell.js';
import type { CellContext } from './context.js';
import { UserError } from './errors.js';
import { showSubject } from './inspect.js';
import { findCellMagic, findMagic } from './magics/registry.js';
import type { Body, LineMagic, ParsedCell } from './reading/parse.js';
import { runPythonCell } from './pythonCell.js';
import { readSqlCell, runSqlCell } from './sql/sqlCell.js';

/** What a cell is going to do, decided before anything runs: a wrong name or option changes nothing. */
export interface Plan {
  /** The kind of its checkpoint; null for a cell that cannot change any state. */
  readonly kind: CellKind | null;
  /** Gives the conversation turns of an agent run, and nothing for other cells. */
  run(context: CellContext): Promise<AskResult | null>;
}

export interface AskResult {
  /** The id for its checkpoint, where its steps name that already. */
  readonly checkpoint?: string;
  readonly turns: readonly Turn[];
  /** Its steps as ordinary cells. */
  readonly asCells: readonly string[];
  /** Why the cell ends in an error, where it does; the turns are kept all the same. */
  readonly failure: Error | null;
}

/** What people type to leave a console is no question to a model. */
const LEAVE = /^\s*(?:exit|quit)(?:\(\))?\s*$/;
const LEAVING: Plan = {
  kind: null,
  run: ({ run }) => {
    run.exit();
    return Promise.resolve(null);
  },
};

const SHELL = /^\s*!/;
/** The one magic that is both: for a line, and for a cell. */
const SQL_LINE = 'sql';
const SQL_ASSIGNED = /^\s*([\p{L}_][\p{L}\p{N}_]*)\s*=\s*%sql\b/u;

/** Reads what the cell says. Throws a UserError for an unknown magic or a wrong option. */
export function planCell({ magics, body }: ParsedCell, defaultKind: string): Plan {
  const lines = magics.map((line) => (line.name === SQL_LINE ? planSqlLine(line) : planMagic(line)));
  if (magics.at(-1)?.name === SQL_LINE && body?.form === 'plain') {
    throw new UserError(
      'UsageError',
      '%sql takes the SQL of one line, and there is more below it.',
      'Write %%sql for SQL of several lines.',
    );
  }
  const main = body === null ? null : planBody(body, defaultKind);
  const kinds = [main, ...lines].map((part) => part?.kind ?? null);
  return {
    kind:
      kinds.find((kind) => kind !== null && kind !== 'magic') ?? kinds.find((kind) => kind !== null) ?? null,
    run: async (context) => {
      for (const [index, line] of lines.entries()) await line.run(await current(context, index > 0));
      return main === null ? null : main.run(await current(context, lines.length > 0));
    },
  };
}

interface PlannedLine {
  readonly kind: CellKind | null;
  run(context: CellContext): Promise<void>;
}

function planMagic({ name, rest }: LineMagic): PlannedLine {
  const magic = findMagic(name);
  const args = parseArguments(`%${name}`, rest, magic.options, magic.most);
  return { kind: magic.writes === true ? 'magic' : null, run: (context) => magic.run(args, context) };
}

/** `%sql …`: a SQL cell of one line. */
function planSqlLine({ offset }: LineMagic): PlannedLine {
  return {
    kind: 'sql',
    run: async (context) => {
      const [line = ''] = context.source.slice(offset).split('\n');
      const cell = readSqlCell(context.source.slice(0, offset + line.length), offset + 1 + SQL_LINE.length);
      await context.kernel.grantNamedIn(cell.sql);
      await runSqlCell(context, cell);
    },
  };
}

/** After a line magic the active worldline may be another one. */
async function current(context: CellContext, mayHaveMoved: boolean): Promise<CellContext> {
  return mayHaveMoved ? { ...context, runtime: await context.kernel.active() } : context;
}

function planBody(body: Body, defaultKind: string): Plan {
  switch (body.form) {
    case 'help': {
      // A word with a question mark may be a question after all.
      const question = planKind(defaultKind, '', 0, body.text, 0);
      return {
        kind: null,
        run: async (context) => {
          if (await showSubject(context, body.subject)) return null;
          return question.run(context);
        },
      };
    }
    case 'plain':
      if (LEAVE.test(body.text)) return LEAVING;
      if (defaultKind === 'ask' && SHELL.test(body.text)) {
        throw new UserError(
          'UsageError',
          'Commands of a shell belong into a Python cell; they run in the sandbox.',
          'Write %%python on the line above.',
        );
      }
      if (defaultKind !== 'python') refuseAssigned(body.text);
      return planKind(defaultKind, '', body.textOffset, body.text, body.textOffset);
    case 'magic':
      return planKind(findCellMagic(body.name).name, body.rest, body.restOffset, body.text, body.textOffset);
  }
}

/** Python's way of taking a result, outside of Python. */
function refuseAssigned(text: string): void {
  const name = SQL_ASSIGNED.exec(text)?.[1];
  if (name === undefined) return;
  throw new UserError(
    'UsageError',
    `${name} = %sql is Python, and this is no Python cell.`,
    `Write %sql ${name} << SELECT …, or %%python on the line above.`,
  );
}

function planKind(kind: string, rest: string, restOffset: number, text: string, textOffset: number): Plan {
  switch (kind) {
    case 'sql':
      return {
        kind: 'sql',
        run: async (context) => {
          const cell =
            rest === '' && restOffset === textOffset
              ? { sql: text, offset: textOffset, into: null, limit: null }
              : readSqlCell(context.source, restOffset);
          await context.kernel.grantNamedIn(cell.sql);
          await runSqlCell(context, cell);
          return null;
        },
      };
    case 'python':
      return {
        kind: 'python',
        run: async (context) => {
          await context.kernel.grantNamedIn(text);
          await runPythonCell(context, rest, text);
          return null;
        },
      };
    case 'ask': {
      const ask = readAskCell(rest, text);
      return {
        kind: 'ask',
        run: async (context) => {
          await context.kernel.grantNamedIn(ask.question);
          return runAskCell(context, ask);
        },
      };
    }
    default:
      throw new UserError(
        'UsageError',
        `A cell can't be of the kind "${kind}".`,
        '%default says what plain cells are.',
      );
  }
}
