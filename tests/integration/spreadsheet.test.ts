import { expect, test } from '@jest/globals';
import { errorOf, resultOf, rowsOf, shown, withKernel } from './withKernel.js';

/** Writes what follows as the sheets of an Excel file, a list of rows each. */
const EXCEL = `%%python
from datetime import date, datetime, time, timedelta
from openpyxl import Workbook
def excel(name, **sheets):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(name)
`;

test('Excel files keep the types of their cells, empty ones beside them; mixed columns become text', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute(`${EXCEL}
excel("My sales (2024).xlsx", Sales=[
    ["day", "at", "item", "units", "price", "paid", "time", "mixed", None, "country", "none"],
    [date(2024, 2, 29), datetime(2024, 2, 29, 13, 45, 10), "tea", 3, 2.5, True, time(8, 30), "007", 1, "NA", None],
    [date(1800, 3, 1), None, None, None, 0.001, False, None, 7, None, "DE", None],
    [None, None, "", 4, 2, None, None, timedelta(hours=1), None, None, None]])`);
    const loaded = shown(await kernel.execute('%load "My sales (2024).xlsx"'));
    expect(loaded).toContain('Loaded 3 rows into my_sales_2024');
    expect(loaded.match(/^\w+ +[A-Z]+$/gm)?.map((line) => line.split(/ +/))).toEqual([
      ['day', 'DATE'],
      ['at', 'TIMESTAMP'],
      ['item', 'VARCHAR'],
      ['units', 'BIGINT'],
      ['price', 'DOUBLE'],
      ['paid', 'BOOLEAN'],
      ['time', 'TIME'],
      ['mixed', 'VARCHAR'],
      ['column8', 'BIGINT'],
      ['country', 'VARCHAR'],
      ['none', 'VARCHAR'],
    ]);
    expect(rowsOf(await kernel.execute('%%sql from my_sales_2024'))).toEqual([
      ['2024-02-29', '2024-02-29 13:45:10', 'tea', '3', '2.5', 'true', '08:30:00', '007', '1', 'NA', null],
      ['1800-03-01', null, null, null, '0.001', 'false', null, '7', null, 'DE', null],
      [null, null, null, '4', '2.0', null, null, '1:00:00', null, null, null],
    ]);
    const again = '%load "My sales (2024).xlsx"';
    expect(errorOf(await kernel.execute(again))).toMatch(/my_sales_2024 exists .*--replace .*--append/s);
    await kernel.execute(`${again} --append`);
    expect(resultOf(await kernel.execute('%%sql select count(*) n from my_sales_2024'))).toMatch(/\n\s*6\n/);
    await kernel.execute(`${again} --replace`);
    expect(resultOf(await kernel.execute('%%sql select count(*) n from my_sales_2024'))).toMatch(/\n\s*3\n/);
    expect(shown(await kernel.execute('%vars'))).not.toContain('_worldline');
  }));

test('a title and empty rows above the header are left out, and said to be', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute(`${EXCEL}
excel("report.xlsx", Report=[["Sales of 2024"], [], ["made by Ann"], ["region", "units", None], ["N", 1, "x"], ["S", 2, None]],
    Data=[["id"], [1]])
excel("column.xlsx", One=[["kind", None], ["a", 1]])`);
    const loaded = shown(await kernel.execute('%load report.xlsx'));
    expect(loaded).toContain('The first 3 lines were left out: they stand above the header.');
    expect(loaded).toContain('This is the sheet Report. Others, for --sheet: Data.');
    expect(rowsOf(await kernel.execute('%%sql select region, units, column2 from report'))).toEqual([
      ['N', '1', 'x'],
      ['S', '2', null],
    ]);
    expect(shown(await kernel.execute('%load column.xlsx'))).not.toContain('left out');
    expect(rowsOf(await kernel.execute('%%sql select kind from "column"'))).toEqual([['a']]);
  }));

test('formulas that no program has computed are said to have no value', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute(`${EXCEL}
excel("sums.xlsx", Sums=[["a", "b"], [1, "=A2*2"], [2, "=A3*2"], [3, 7]])
excel("gaps.xlsx", Gaps=[["a", "b"], [1, None], [2, 5]])`);
    expect(shown(await kernel.execute('%load sums.xlsx'))).toContain(
      '2 formulas have no value in the file, and are NULL',
    );
    expect(rowsOf(await kernel.execute('%%sql select b from sums'))).toEqual([[null], [null], ['7']]);
    expect(shown(await kernel.execute('%load gaps.xlsx'))).not.toContain('formula');
  }));

test('what a sheet merges, hides, fails to compute or mixes is said', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute(`${EXCEL}
from openpyxl import load_workbook
excel("messy.xlsx", Old=[["x"], [1]], Data=[["Sales"], ["region", "price", "note", "n"],
    ["N", 1.5, "a", 1], [None, "n/a", "b", 2], [None, 2.5, "c", 3], ["S", "#DIV/0!", "d", 4], [None, 4.5, "e", 5]])
book = load_workbook("messy.xlsx")
book["Old"].sheet_state = "hidden"
sheet = book["Data"]
for area in ("A1:D1", "A3:A5", "A6:A7"):
    sheet.merge_cells(area)
sheet.row_dimensions[4].hidden = True
sheet.column_dimensions["C"].hidden = True
book.save("messy.xlsx")`);
    const loaded = shown(await kernel.execute('%load messy.xlsx'));
    for (const line of [
      'Loaded 5 rows into messy',
      'The first line was left out',
      '1 cell with an error such as #DIV/0! is NULL.',
      'and NULL in the others: A3:A5, A6:A7. last_value(COLUMN IGNORE NULLS)',
      '1 row and 1 column that the sheet hides are in the table as well.',
      'price is text: not all its cells are of one type, and one of them is "n/a".',
      'This is the sheet Data. Others, for --sheet: Old.',
    ])
      expect(loaded).toContain(line);
    expect(
      rowsOf(
        await kernel.execute(
          '%%sql select last_value(region ignore nulls) over (order by rowid) r, price, n from messy order by n',
        ),
      ),
    ).toEqual([
      ['N', '1.5', '1'],
      ['N', 'n/a', '2'],
      ['N', '2.5', '3'],
      ['S', null, '4'],
      ['S', '4.5', '5'],
    ]);
  }));

test('of several sheets the first with rows is loaded and the others are named; --sheet loads another', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute(`${EXCEL}
excel("book.xlsx", Cover=[], Headers=[["a", "b"]], First=[["x"], [1]], Second=[["y", "Y"], ["two", 2]])`);
    const first = shown(await kernel.execute('%load book.xlsx'));
    expect(first).toContain('Loaded 1 row into book');
    expect(first).toContain('This is the sheet First. Others, for --sheet: Second.');
    await kernel.execute('%load book.xlsx as second --sheet Second');
    expect(resultOf(await kernel.execute('%%sql from second'))).toMatch(/two\s+2\n/);
    expect(shown(await kernel.execute('%load book.xlsx as headers --sheet Headers'))).toContain('0 rows');
    for (const [cell, message] of [
      ['%load book.xlsx as t --sheet Third', 'it has no sheet Third, only Cover, Headers, First, Second'],
      ['%load book.xlsx as t --sheet Cover', 'the sheet Cover is empty'],
      ['%load other.csv as t --sheet Cover', 'There is no file other.csv'],
    ] as const) {
      expect(errorOf(await kernel.execute(cell))).toContain(message);
    }
    expect(shown(await kernel.execute('%tables'))).not.toMatch(/^t /m);
  }));

test('a file that is no spreadsheet, or an empty one, says so and leaves no table', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute(`${EXCEL}
excel("empty.xlsx", Sheet=[])
open("cut.xlsx", "wb").write(b"PK\\x03\\x04 cut off")
open("text.xlsx", "w").write("a,b\\n1,2\\n")
open("old.xls", "wb").write(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
open("table.csv", "w").write("a,b\\n1,2\\n");`);
    for (const [file, message] of [
      ['empty.xlsx', 'empty.xlsx could not be read: it is empty'],
      ['cut.xlsx', 'cut.xlsx could not be read: File is not a zip file'],
      ['text.xlsx', 'text.xlsx could not be read'],
      ['old.xls', 'Save it as .xlsx, or give the sandbox what it needs: node install.mjs --with-packages'],
      ['table.csv --sheet Sheet', 'table.csv has no sheets'],
    ] as const) {
      expect(errorOf(await kernel.execute(`%load ${file}`))).toContain(message);
    }
    expect(shown(await kernel.execute('%tables'))).toContain('There are no tables yet');
  }));

test('a sheet that takes long to read shows how far it is, then the table', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute(`${EXCEL}
excel("long.xlsx", Long=[["a", "b", "c"]] + [[i, i / 3, f"text {i}"] for i in range(30_000)])`);
    const cell = await kernel.execute('%load long.xlsx', { metadata: { cellId: 'c1' } });
    const bars = JSON.stringify(cell.outputs).match(/(?<=<progress value=\\")[\d.]+/g) ?? [];
    const part = bars.map(Number).filter((fraction) => fraction > 0 && fraction < 1);
    expect(part.length).toBeGreaterThan(1);
    expect(part).toEqual(part.toSorted((a, b) => a - b));
    expect(cell.stdout).toContain('Loaded 30,000 rows into long');
    expect(cell.stderr).toBe('');
    expect(JSON.stringify(cell.outputs.at(-1))).not.toContain('<progress');
  }));
