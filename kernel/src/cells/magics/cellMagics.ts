import { ASK_OPTIONS } from '../ask/askOptions.js';
import { PYTHON_OPTIONS } from '../pythonCell.js';
import { SQL_OPTIONS } from '../sql/sqlCell.js';
import type { CellMagic } from './Magic.js';

export const CELL_MAGICS: readonly CellMagic[] = [
  {
    name: 'ask',
    usage: '%%ask [OPTIONS]',
    about: 'Answers a question in plain language by running SQL and Python. Plain cells do the same.',
    details: 'Each step shows what ran and what came out; the answer follows. Interrupt stops it at once.',
    examples: ['%%ask --max-steps 5\nWhich month is the wettest?'],
    options: ASK_OPTIONS,
  },
  {
    name: 'sql',
    usage: '%%sql [NAME <<] [--limit N]',
    about: 'Runs SQL in DuckDB; with NAME <<, Python gets the result as a DataFrame of that name.',
    details:
      "FROM reads tables, files beside the notebook (FROM 'sales.csv') and DataFrames of Python (FROM df); $name is the value of a Python variable. %sql takes the SQL of one line.",
    examples: ["%%sql top <<\nSELECT * FROM 'sales.csv' ORDER BY amount DESC LIMIT 10"],
    options: SQL_OPTIONS,
  },
  {
    name: 'python',
    usage: '%%python [--timeout S]',
    about: 'Runs Python in the sandbox; variables persist from cell to cell.',
    details: 'sql("…") runs SQL and gives a DataFrame. Figures show by themselves. There is no network.',
    examples: ['%%python\ndf = sql("FROM weather")\ndf.describe()'],
    options: PYTHON_OPTIONS,
  },
];
