/** Seconds after which it tells how far it is. */
const QUIET = 0.3;
/** Rows of a sheet among which its header is. */
const BEGINNING = 50;

/**
 * Python that reads one sheet of a spreadsheet into a variable: the one of that name, else the first that has rows. A
 * column is of the type that all its cells have; where they differ, it is text. Rows above the header, such as
 * a title, are left out. It prints as JSON the name of the sheet and those of the others that have rows, how many rows
 * stand above the header, and how many formulas have no value; and to stderr, where it takes long, how much of the file
 * is read, as a fraction on a line of its own.
 */
export function sheetCode(variable: string, file: string, sheet: string | undefined): string {
  return `def ${variable}(file, wanted):
    import datetime, io, json, re, sys, time
    import pandas, pyarrow

    dates = {datetime.datetime, datetime.date}
    # Only what is empty is missing: pandas would take NA, the code of a country, for no value, and "007" for 7.
    as_it_is = {"dtype": object, "keep_default_na": False, "na_values": [""]}

    def kind_of(values):
        kinds = {type(value) for value in values}
        if kinds == {bool}:
            return pyarrow.bool_()
        if kinds == {int} and all(-(2**63) <= value < 2**63 for value in values):
            return pyarrow.int64()
        if kinds and kinds <= {int, float}:
            return pyarrow.float64()
        if kinds and kinds <= dates:
            days = all(getattr(value, "time", datetime.time)() == datetime.time() for value in values)
            return pyarrow.date32() if days else pyarrow.timestamp("us")
        return pyarrow.time64("us") if kinds == {datetime.time} else pyarrow.string()

    def column(values):
        values = [None if pandas.isna(value) else value for value in values]
        kind = kind_of([value for value in values if value is not None])
        if kind in (pyarrow.string(), pyarrow.float64()):
            convert = str if kind == pyarrow.string() else float
            values = [None if value is None else convert(value) for value in values]
        return pyarrow.array(values, kind)

    def beginning(name):
        rows = book.parse(name, header=None, nrows=${BEGINNING}, **as_it_is).values.tolist()
        return [[cell for cell in row if not pandas.isna(cell)] for row in rows]

    def above_header(rows):
        # What fills no more than one cell, where names follow.
        for at, cells in enumerate(rows):
            if len(cells) > 1:
                return at if all(isinstance(cell, str) for cell in cells) else 0
        return 0

    def never_computed(name):
        # A formula in a file that no spreadsheet program has saved has no value in it.
        if not hasattr(book.book, "_archive"):
            return 0
        formula = rb'<f(?:[^>]*/>|[^>]*>[^<]*</f>)'
        cell = re.compile(rb'<c (?![^>]*t="str")[^>]*>' + formula + rb'(?:<v ?/>|<v></v>)?</c>')
        number, before = 0, b""
        with book.book[name]._get_source() as source:
            while block := source.read(1 << 20):
                text = before + block
                number += sum(match.end() > len(before) for match in cell.finditer(text))
                before = text[-10_000:]
        return number

    class Watched(io.FileIO):
        size, began, told = 1, None, 0

        def watch(self):
            self.size, self.began = self.seek(0, io.SEEK_END) or 1, time.monotonic()

        def read(self, *amount):
            done = self.tell() / self.size
            if self.began is not None and time.monotonic() - self.began > ${QUIET} and done > self.told + 0.01:
                self.told = done
                print(f"{done:.2f}", file=sys.stderr, flush=True)
            return super().read(*amount)

    with Watched(file) as watched, pandas.ExcelFile(watched) as book:
        rows = {name: beginning(name) for name in book.sheet_names}
        full = [name for name in book.sheet_names if sum(map(bool, rows[name])) > 1]
        if wanted is not None and wanted not in book.sheet_names:
            raise ValueError(f"it has no sheet {wanted}, only " + ", ".join(book.sheet_names))
        name = wanted if wanted is not None else (full + book.sheet_names)[0]
        above = above_header(rows[name])
        watched.watch()
        frame = book.parse(name, skiprows=above, **as_it_is)
        unknown = never_computed(name) if frame.isna().any(axis=None) else 0
    if frame.shape[1] == 0:
        raise ValueError("it is empty" if wanted is None else f"the sheet {wanted} is empty")
    names = [re.sub(r"^Unnamed: (\\d+)$", r"column\\1", str(label)) for label in frame.columns]
    others = [other for other in full if other != name]
    print(json.dumps({"sheet": name, "others": others, "above": above, "unknown": unknown}))
    return pyarrow.table([column(frame.iloc[:, at]) for at in range(len(names))], names=names)
${variable} = ${variable}(${JSON.stringify(file)}, ${sheet === undefined ? 'None' : JSON.stringify(sheet)})`;
}
