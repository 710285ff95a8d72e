/** Seconds after which it tells how far it is. */
const QUIET = 0.3;
/** Rows of a sheet among which its header is. */
const BEGINNING = 50;

/**
 * Python that reads one sheet of a spreadsheet into a variable: the one of that name, else the first that has rows. A
 * column is of the type that all its cells have; where they differ, it is text. Rows above the header, such as
 * a title, are left out. It prints as JSON what is worth knowing (`SheetRead`); and to stderr, where it takes long, how
 * much of the file is read, as a fraction on a line of its own.
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

    def mixture(values):
        # The first text of a column that has more that is none.
        values = [value for value in values if not pandas.isna(value)]
        texts = [value for value in values if type(value) is str]
        return texts[0] if 0 < len(texts) < len(values) / 2 else None

    def beginning(name):
        rows = book.parse(name, header=None, nrows=${BEGINNING}, **as_it_is).values.tolist()
        return [[cell for cell in row if not pandas.isna(cell)] for row in rows]

    def is_hidden(name):
        return hasattr(book.book, "_archive") and book.book[name].sheet_state != "visible"

    def above_header(rows):
        # What fills no more than one cell, where names follow.
        for at, cells in enumerate(rows):
            if len(cells) > 1:
                return at if all(isinstance(cell, str) for cell in cells) else 0
        return 0

    def unsaid(name, header):
        # What the cells alone do not tell. A formula in a file that no spreadsheet program has saved has no value in it.
        if not hasattr(book.book, "_archive"):
            return {}
        formula = rb'<f(?:[^>]*/>|[^>]*>[^<]*</f>)'
        hidden = rb'(?=[^>]*\\bhidden="(?:1|true)")[^>]*>'
        patterns = {
            "unknown": rb'<c (?![^>]*t="str")[^>]*>' + formula + rb'(?:<v ?/>|<v></v>)?</c>',
            "errors": rb'<c (?=[^>]*\\bt="e")[^>]*>',
            "hiddenRows": rb'<row ' + hidden,
            "hiddenColumns": rb'<col ' + hidden,
            "merged": rb'<mergeCell [^>]*ref="([A-Z]+\\d+:[A-Z]+\\d+)"',
        }
        patterns = {what: re.compile(pattern) for what, pattern in patterns.items()}
        found, before = {what: [] for what in patterns}, b""
        with book.book[name]._get_source() as source:
            while block := source.read(1 << 20):
                text = before + block
                for what, pattern in patterns.items():
                    new = (match for match in pattern.finditer(text) if match.end() > len(before))
                    found[what] += [match[match.lastindex or 0].decode() for match in new]
                before = text[-10_000:]
        def width(column):
            bounds = dict(re.findall(r'(min|max)="(\\d+)"', column))
            # What is hidden to the end of the sheet holds nothing.
            return len(range(int(bounds["min"]), min(int(bounds["max"]), frame.shape[1]) + 1))
        below = [area for area in found.pop("merged") if int(re.search(r"\\d+$", area)[0]) > header]
        below.sort(key=lambda area: int(re.search(r"\\d+", area)[0]))
        columns = sum(map(width, found.pop("hiddenColumns")))
        return {what: len(all) for what, all in found.items()} | {"hiddenColumns": columns, "merged": below}

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
        seen = [name for name in full if not is_hidden(name)]
        name = wanted if wanted is not None else (seen + full + book.sheet_names)[0]
        above = above_header(rows[name])
        watched.watch()
        frame = book.parse(name, skiprows=above, **as_it_is)
        facts = unsaid(name, above + 1)
    if frame.shape[1] == 0:
        raise ValueError("it is empty" if wanted is None else f"the sheet {wanted} is empty")
    names = [re.sub(r"^Unnamed: (\\d+)$", r"column\\1", str(label)) for label in frame.columns]
    others = [other for other in full if other != name]
    values = [frame.iloc[:, at] for at in range(len(names))]
    mixed = [(name, text) for name, text in zip(names, map(mixture, values)) if text is not None]
    print(json.dumps({"sheet": name, "others": others, "above": above, "mixed": mixed, **facts}))
    return pyarrow.table(list(map(column, values)), names=names)
${variable} = ${variable}(${JSON.stringify(file)}, ${sheet === undefined ? 'None' : JSON.stringify(sheet)})`;
}
