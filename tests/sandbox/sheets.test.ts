import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PythonSession } from '@worldline/sandbox';
import { openSandbox, run, type Sandbox } from './sandbox.js';

let sandbox: Sandbox;
let session: PythonSession;
beforeAll(async () => {
  sandbox = await openSandbox();
  session = await sandbox.open();
  await run(session, BOOK);
});
afterAll(() => sandbox.close());

/** What the reader gives of a sheet: the types of its columns, its rows, and what is worth knowing of it. */
async function read(name: string | null): Promise<{ types: string[]; rows: unknown[][]; facts: unknown }> {
  const wanted = name === null ? 'None' : JSON.stringify(name);
  const { text, result } = await run(session, `give(${wanted})`);
  expect(result.status).toBe('ok');
  return JSON.parse(text) as Awaited<ReturnType<typeof read>>;
}

const BOOK = `
import datetime, json
from openpyxl import Workbook
from worldline_runner import sheets

book = Workbook()
empty, data, secret = book.active, book.create_sheet("Data"), book.create_sheet("Secret")
empty.title = "Empty"
secret.sheet_state = "hidden"
for row in [["Sales of 2024"], [], ["day", "units", "share", "paid", "code"],
            [datetime.date(2024, 2, 29), 3, 0.5, True, "007"], [None, 4, 1, False, 7]]:
    data.append(row)
data.merge_cells("A4:A5")
data.column_dimensions["B"].hidden = True
for row in [["k", "v"], [1, "=A2*2"], [2, "=A3*2"]]:
    secret.append(row)
book.save("book.xlsx")

def give(wanted):
    table, facts = sheets.read("book.xlsx", wanted)
    rows = [[str(value) if isinstance(value, datetime.date) else value for value in row.values()] for row in table.to_pylist()]
    print(json.dumps({"types": [str(field.type) for field in table.schema], "rows": rows, "facts": facts}))`;

test('the first sheet with rows that is not hidden; columns have the type of all their cells, text where they differ', async () => {
  expect(await read(null)).toEqual({
    types: ['date32[day]', 'int64', 'double', 'bool', 'string'],
    rows: [
      ['2024-02-29', 3, 0.5, true, '007'],
      [null, 4, 1, false, '7'],
    ],
    facts: {
      sheet: 'Data',
      others: ['Secret'],
      above: 2,
      mixed: [],
      unknown: 0,
      errors: 0,
      hiddenRows: 0,
      hiddenColumns: 1,
      merged: ['A4:A5'],
    },
  });
});

test('a sheet of a name, its formulas without values', async () => {
  expect(await read('Secret')).toMatchObject({
    types: ['int64', 'string'],
    facts: { sheet: 'Secret', others: ['Data'], above: 0, unknown: 2 },
  });
});

test('a sheet that is not there, or empty, is an error that says so', async () => {
  for (const [name, said] of [
    ['Nope', 'it has no sheet Nope, only Empty, Data, Secret'],
    ['Empty', 'the sheet Empty is empty'],
  ] as const) {
    const { result } = await run(session, `give(${JSON.stringify(name)})`);
    expect(result).toMatchObject({ status: 'error', ename: 'ValueError', evalue: said });
  }
});

test('a file that is locked with a password is said to be', async () => {
  const { result } = await run(
    session,
    'open("locked.xlsx", "wb").write(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000))\nsheets.read("locked.xlsx", None)',
  );
  expect(result).toMatchObject({
    status: 'error',
    ename: 'ValueError',
    evalue: 'it is protected by a password, or an .xls under another name',
  });
});
